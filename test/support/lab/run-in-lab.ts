// Runs a script in a network of its own, with loopback and nothing else: what it does to its links and
// connections harms nobody. Needs Linux and root, or the right to make user namespaces.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Enough to see what went wrong. */
const MAX_ERROR_CHARACTERS = 2_000;

/** Resolves with what the script sends to its parent; it is to exit then. */
export async function runInLab<Report>(script: string): Promise<Report> {
  const flags = process.getuid?.() === 0 ? ['--net'] : ['--net', '--map-root-user'];
  const file = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const child = spawn('unshare', [...flags, '--kill-child', process.execPath, file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      output = `${output}${text}`.slice(-MAX_ERROR_CHARACTERS);
    });
  }
  let report: Report | undefined;
  child.on('message', (message) => {
    report = message as Report;
  });
  await new Promise<void>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve();
    });
    child.once('close', () => resolve());
  });
  if (report !== undefined) return report;
  throw new Error(
    `no report from ${script}, which needs root, unshare (util-linux), ip, tc, ss (iproute2) and nft (nftables):\n${output}`,
  );
}
