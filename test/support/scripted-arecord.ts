// What stands in for arecord, as a program: it acts as the file that it is told of says, at each moment.
//
//   scripted-arecord.ts STATE_FILE --channels=32 --format=S32_LE … -
//
// Each sample of channel n is n, in the highest 24 of 32 bits.

import { readFileSync, writeSync } from 'node:fs';
import type { CardState } from './scripted-card.ts';

const PERIOD_FRAMES = 240;
const PERIOD_MS = 5;
const OVERRUN_MS = 40;

const [stateFile = '', ...words] = process.argv.slice(2);
const read = (): CardState => JSON.parse(readFileSync(stateFile, 'utf8'));
const say = (text: string) => writeSync(process.stderr.fd, `${text}\n`);

function end(reason: string): never {
  say(`arecord: main:831: audio open error: ${reason}`);
  process.exit(1);
}

const opened = read();
const LINE = '-'.repeat(20);
if (words.includes('-l')) {
  if (opened.is === 'there') console.log('card 1: XUSB [X-USB], device 0: USB Audio [USB Audio]');
  process.exit(0);
}
if (opened.is === 'missing') end('No such file or directory');
if (opened.is === 'busy') end('Device or resource busy');
say([LINE, 'FORMAT:  S32_LE', `CHANNELS: ${opened.channels}`, 'RATE: 48000', LINE].join('\n'));
const asked = Number(/--channels=(\d+)/.exec(words.join(' '))?.[1]);
if (asked !== opened.channels) end('Channels count non available');

const frame = Int32Array.from({ length: opened.channels }, (_, at) => (at + 1) << 8);
const period = new Int32Array(PERIOD_FRAMES * frame.length);
for (let at = 0; at < period.length; at += frame.length) period.set(frame, at);
let dueMs = performance.now();
let overruns = opened.overruns;

setInterval(() => {
  const now = read();
  if (now.is !== 'there' || now.channels !== opened.channels) end('No such device');
  if (now.overruns > overruns) {
    overruns = now.overruns;
    dueMs += OVERRUN_MS;
    say(`arecord: xrun:1629: overrun!!! (at least ${OVERRUN_MS}.000 ms long)`);
  }
  for (; dueMs <= performance.now(); dueMs += PERIOD_MS)
    process.stdout.write(Buffer.from(period.buffer));
}, PERIOD_MS);
process.stdout.on('error', () => process.exit(0));
