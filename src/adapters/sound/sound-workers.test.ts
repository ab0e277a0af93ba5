// How many threads there are, and what one of them says when it cannot.

import { afterEach, describe, expect, test } from 'vitest';
import type { AudioFormat } from '#core/streams/track-format.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { SoundWorkers, type WorkerLine } from './sound-workers.ts';

const SCRIPT = new URL('./sound-worker.ts', import.meta.url);
const PCMU: AudioFormat = { kind: 'audio', codec: 'PCMU', clockRate: 8000, channels: 1 };
const lines: WorkerLine[] = [];

afterEach(async () => {
  await Promise.all(lines.splice(0).map((line) => line.close()));
});

function open(workers: SoundWorkers, format = PCMU) {
  const client = {
    packets: 0,
    reasons: [] as string[],
    onSound: ({ packets }: { packets: readonly unknown[] }) => {
      client.packets += packets.length;
    },
    onFailed: (reason: string) => {
      client.reasons.push(reason);
    },
  };
  const line = workers.open(format, client);
  lines.push(line);
  return { client, line };
}

const create = (maxThreads: number, script = SCRIPT) =>
  new SoundWorkers({ script, maxThreads, log: new SilentLog() });

describe('SoundWorkers', () => {
  test('opens a second thread for the seventeenth conversion, and no third beyond its limit', async () => {
    const workers = create(2, new URL('data:text/javascript,setInterval(() => {}, 1000)'));
    expect(workers.threads).toBe(0);
    const opened = Array.from({ length: 16 }, () => open(workers).line);
    expect(workers.threads).toBe(1);
    for (let more = 0; more < 40; more++) open(workers);
    expect(workers.threads).toBe(2);
    await Promise.all(opened.map((line) => line.close()));
    expect(workers.threads).toBe(2);
    await Promise.all(lines.map((line) => line.close()));
    expect(workers.threads).toBe(0);
  });

  test('has at least one thread, however few cores there are', () => {
    const workers = create(0, new URL('data:text/javascript,setInterval(() => {}, 1000)'));
    open(workers);
    expect(workers.threads).toBe(1);
  });

  test('tells one conversion why it failed, and the others in its thread go on', async () => {
    const workers = create(1);
    const broken = open(workers, { ...PCMU, codec: 'L16', clockRate: 44_101 });
    const sound = open(workers);
    await until(() => broken.client.reasons.length > 0, { what: 'the reason' });
    expect(broken.client.reasons[0]).toMatch(/Cannot resample 44101 Hz/);
    broken.line.post([]);
    const payload = new Uint8Array(160);
    const input = { payload, timestamp: 0, marker: true, capturedAtMs: 0 };
    sound.line.post([input, { ...input, timestamp: 160 }]);
    await until(() => sound.client.packets > 0, { what: 'sound' });
    expect(workers.threads).toBe(1);
  });
});
