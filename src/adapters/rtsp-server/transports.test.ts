// Which transports are taken, and that nobody else is sent anything.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTransport } from '#media/rtsp/transport-header.ts';
import { chooseTransport } from './transports.ts';

const address = '::ffff:10.0.0.7';

function choose(wanted: string, used: readonly number[] = []) {
  return chooseTransport(parseTransport(wanted), { address, used: new Set(used) });
}

test('a destination is taken if it is where the request came from', () => {
  const ports = 'client_port=5000-5001';
  expect(choose(`RTP/AVP;unicast;destination=10.0.0.7;${ports}`)).toEqual({
    lower: 'UDP',
    ports: [5000, 5001],
  });
  expect(choose(`RTP/AVP;unicast;destination=10.0.0.8;${ports}`)).toBeUndefined();
});

test('channels are those asked for while they are free, else the next free pair', () => {
  expect(choose('RTP/AVP/TCP;interleaved=9-8')).toEqual({ lower: 'TCP', channels: [9, 8] });
  expect(choose('RTP/AVP/TCP;interleaved=0-1', [1])).toEqual({ lower: 'TCP', channels: [2, 3] });
  expect(choose('RTP/AVP/TCP;interleaved=4-4')).toEqual({ lower: 'TCP', channels: [0, 1] });
  expect(
    choose(
      'RTP/AVP/TCP',
      Array.from({ length: 256 }, (_, at) => at),
    ),
  ).toBeUndefined();
});

test('whatever is asked for, packets go to the asking address, and no channel is used twice', () => {
  const channel = fc.nat({ max: 300 });
  const wanted = fc.oneof(
    fc.string(),
    fc.tuple(channel, channel).map(([a, b]) => `RTP/AVP/TCP;interleaved=${a}-${b}`),
    fc
      .tuple(fc.ipV4(), fc.nat({ max: 70_000 }))
      .map(([ip, port]) => `RTP/AVP;unicast;destination=${ip};client_port=${port}`),
  );
  fc.assert(
    fc.property(fc.array(wanted), fc.array(fc.nat({ max: 255 })), (alternatives, used) => {
      const taken = choose(alternatives.join(','), used);
      if (taken?.lower === 'UDP') expect(Math.min(...taken.ports)).toBeGreaterThanOrEqual(1024);
      if (taken?.lower === 'TCP') {
        expect(taken.channels.some((each) => used.includes(each) || each > 255)).toBe(false);
        expect(new Set(taken.channels).size).toBe(2);
      }
    }),
  );
});
