// 50 cameras that each fail in their own way every few seconds, beside 10 healthy ones with 5 viewers
// each, whose frames are counted: none may be lost.
//
//   npm run bench -- chaos [MINUTES] [SEED]      default: 10 minutes

import { type ChaosReport, runChaos } from '../../test/support/chaos/run-chaos.ts';
import { spreadOf } from '../spread.ts';
import { formatTable } from '../table.ts';

const HEALTHY = 10;
const VIEWERS_EACH = 5;
const FAILING = 50;
const MINUTE_MS = 60_000;
/** Memory may move by so much between the first minute and the end. */
const FLAT_MB = 25;
/** Half the answers to the list of 60 streams are faster than this. */
const FAST_MS = 100;

export async function run(words: readonly string[]): Promise<boolean> {
  const minutes = Number(words[0] ?? 10);
  const seed = Number(words[1] ?? 1);
  process.stderr.write(`${FAILING} cameras fail beside ${HEALTHY}, ${minutes} minutes …\n`);
  const report = await runChaos({
    seed,
    healthy: HEALTHY,
    viewersEach: VIEWERS_EACH,
    failing: FAILING,
    durationMs: minutes * MINUTE_MS,
  });
  process.stdout.write(`\n${formatTable(HEAD, rowsOf(report))}\n`);
  process.stdout.write(`${report.frames} frames, ${report.disturbances} disturbances\n`);
  const faults = [...report.faults, ...judge(report)];
  for (const fault of faults) process.stdout.write(`FAILED: ${fault}\n`);
  return faults.length === 0;
}

const HEAD = ['minute', 'frames', 'RSS MB', 'answer ms, median', 'answer ms, max'];

/** One a minute: its last look, and the answers in it. */
function rowsOf({ looks }: ChaosReport): string[][] {
  return minutesOf(looks).map((minute, at) => {
    const last = minute.at(-1);
    const answers = spreadOf(minute.map(({ answerMs }) => answerMs));
    return [
      String(at + 1),
      String(last?.frames ?? 0),
      ((last?.rssBytes ?? 0) / 1e6).toFixed(0),
      answers.median.toFixed(1),
      answers.max.toFixed(1),
    ];
  });
}

function judge({ looks }: ChaosReport): string[] {
  const ends = minutesOf(looks).map((minute) => (minute.at(-1)?.rssBytes ?? 0) / 1e6);
  const grownMb = (ends.at(-1) ?? 0) - (ends[0] ?? 0);
  const { median } = spreadOf(looks.map(({ answerMs }) => answerMs));
  return [
    ...(grownMb > FLAT_MB
      ? [`memory grew by ${grownMb.toFixed(0)} MB after the first minute`]
      : []),
    ...(median > FAST_MS ? [`the list of streams takes more than ${FAST_MS} ms`] : []),
  ];
}

function minutesOf(looks: ChaosReport['looks']): ChaosReport['looks'][] {
  const startMs = looks[0]?.atMs ?? 0;
  const minutes: ChaosReport['looks'][number][][] = [];
  for (const look of looks) {
    const minute = Math.floor((look.atMs - startMs) / MINUTE_MS);
    minutes[minute] ??= [];
    minutes[minute].push(look);
  }
  return minutes;
}
