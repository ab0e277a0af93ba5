// A neighbour on the far end's network: Avahi with a bus of its own, and its tools on request. It says
// `ready`, then answers each list of words with what that command printed.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUN_WITHIN_MS = 10_000;
const RETRY_EVERY_MS = 50;

const folder = mkdtempSync(join(tmpdir(), 'yeoul-avahi-'));
const bus = `unix:path=${join(folder, 'bus')}`;
const env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: bus };

writeFileSync(
  join(folder, 'bus.conf'),
  `<busconfig><type>system</type><listen>${bus}</listen><auth>EXTERNAL</auth><policy context="default">
  <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy></busconfig>`,
);
writeFileSync(join(folder, 'avahi.conf'), '[server]\nhost-name=neighbour\n');

// Its process file is elsewhere than that of the machine's own, and all of it ends with this shell.
const script = `mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon
dbus-daemon --config-file=${folder}/bus.conf --nofork &
while [ ! -S ${folder}/bus ]; do sleep 0.05; done
exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f ${folder}/avahi.conf`;
const space = ['--mount', '--pid', '--fork', '--kill-child'];
const daemons = spawn('unshare', [...space, 'sh', '-c', script], { env, stdio: 'ignore' });

process.on('message', async (words: string[]) => process.send?.(await run(words)));
process.on('disconnect', () => {
  daemons.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  process.exit(0);
});

while (!(await run(['avahi-resolve', '-n', 'neighbour.local'])).includes('neighbour.local\t')) {
  await new Promise((resolve) => setTimeout(resolve, RETRY_EVERY_MS));
}
process.send?.('ready');

function run([file = '', ...words]: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(file, words, { env, timeout: RUN_WITHIN_MS }, (_error, output) => resolve(output));
  });
}
