// Builds the web UI into web/dist if it is missing or older than what it is made of.

import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, runStep, toolCommand } from './run-step.ts';

const INPUTS = ['web', 'src/client', 'src/contract', 'src/media', 'src/std', 'package-lock.json'];

/** Contents, not times: a checkout touches every file. */
function hashInputs(): string {
  const hash = createHash('sha256');
  const isOutput = (path: string) => /^web[/\\]dist([/\\]|$)/.test(path);
  const patterns = INPUTS.flatMap((input) => [input, `${input}/**`]);
  const found = globSync(patterns, { cwd: repositoryRoot, exclude: isOutput }).sort();
  for (const path of found) {
    const fullPath = join(repositoryRoot, path);
    if (!statSync(fullPath).isFile()) continue;
    const bytes = readFileSync(fullPath);
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function viteBuild(config: string) {
  return toolCommand('vite', 'build', 'web', '--config', config, '--logLevel', 'warn');
}

async function buildWeb(): Promise<boolean> {
  const stampPath = join(repositoryRoot, 'web/dist/.inputs');
  const inputs = hashInputs();
  const isBuilt = existsSync(stampPath);
  if (isBuilt && readFileSync(stampPath, 'utf8') === inputs) return true;
  if (isBuilt && !existsSync(join(repositoryRoot, 'node_modules/vite'))) {
    console.warn('The web UI is older than its sources. To build it: npm ci (with dev packages).');
    return true;
  }
  console.log('Building the web UI …');
  const pages = await runStep(viteBuild('web/vite.config.ts'));
  // Only now, because building the pages empties the folder.
  const element = await runStep(viteBuild('web/vite.element.config.ts'));
  const ok = pages.ok && element.ok;
  const durationMs = pages.durationMs + element.durationMs;
  if (ok) writeFileSync(stampPath, inputs);
  const outcome = ok ? 'built' : 'could not be built';
  console.log(
    `${pages.output}${element.output}The web UI ${outcome} (${(durationMs / 1_000).toFixed(1)} s).`,
  );
  return ok;
}

process.exitCode = (await buildWeb()) ? 0 : 1;
