// The time extension: when it comes, what time it says, and what its flags tell.

import { expect, onTestFinished, test } from 'vitest';
import { type HeardPacket, SoundListener } from '../support/sound-listener.ts';
import { startTestModeServer } from '../support/test-mode-server.ts';
import { until } from '../support/until.ts';

const RATE = 44_100;
const PERIOD_S = 5;
/** `time_sync`, `status_update`, `control_message`. */
const [TIME, STATUS, CONTROL] = [1, 2, 4] as const;
const MESSAGE_EACH_MS = 300;

const isExtended = ({ extension }: HeardPacket) => extension !== undefined;

test('the first packet and the first after each 5 s say when they were captured, and what is new', async () => {
  const { server, admin, close } = await startTestModeServer();
  onTestFinished(close);
  const wish = { compression: 'pcm', layout: 'plain', sample_rate: RATE } as const;
  const channels = [1, 2, 3].map((id) => ({ id }));
  const listener = await SoundListener.open(server.url, { wish: { ...wish, channels }, ports: 3 });
  onTestFinished(() => listener.close());
  const extended = () => listener.packets.filter(isExtended);
  const count = (times: number) => ({ what: `${times} of each stream`, withinMs: 20_000 });
  await until(() => extended().length >= 3, count(1));
  listener.wish({ ...wish, channels });
  await until(() => extended().length >= 6, count(2));
  const messages = setInterval(() => void admin.tell('soon'), MESSAGE_EACH_MS);
  await until(() => extended().length >= 9, count(3));
  clearInterval(messages);

  const { packets } = listener;
  for (const { ssrc, port } of listener.config.streams) {
    const ofStream = packets.filter((packet) => packet.ssrc === ssrc);
    expect(new Set(ofStream.map((packet) => packet.port))).toEqual(new Set([port]));
    const [first] = ofStream;
    const times = ofStream
      .filter(isExtended)
      .map(({ timestamp }) => (timestamp - first!.timestamp) >>> 0);
    expect(times).toEqual([0, PERIOD_S * RATE, 2 * PERIOD_S * RATE]);
  }
  const flags = [0, 3, 6].map((at) =>
    extended()
      .slice(at, at + 3)
      .map((each) => each.extension!.flags),
  );
  expect(flags[0]).toEqual([TIME, TIME, TIME]);
  // What is new is said once to a listener, however many streams it has.
  expect(flags[1]).toEqual([TIME | STATUS, TIME, TIME]);
  expect(flags[2]).toEqual([TIME | CONTROL, TIME | CONTROL, TIME | CONTROL]);

  const serverTimes = [0, 3, 6].map((at) => extended()[at]!.extension!.serverTimeMs);
  const agesMs = extended().map((each) => each.arrivedAtMs - each.extension!.serverTimeMs);
  // However busy the machine is, one of these nine comes in time.
  expect(Math.abs(Math.min(...agesMs))).toBeLessThan(50);
  for (const at of [1, 2]) {
    const passedMs = serverTimes[at]! - serverTimes[at - 1]!;
    expect(Math.abs(passedMs - PERIOD_S * 1_000)).toBeLessThan(50);
  }
}, 60_000);
