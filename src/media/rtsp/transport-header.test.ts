// The Transport header: round trips, and what cameras make of it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTransport, parseTransport, type RtspTransport } from './transport-header.ts';

test('a Transport header is read with all that matters', () => {
  const value =
    'RTP/AVP/TCP;unicast;interleaved=0-1;mode="PLAY";ssrc=1A2B3C4D, ' +
    'RTP/AVP;unicast;client_port=5000-5001;server_port=6970-6971;source=10.0.0.7,' +
    'RTP/SAVP/UDP;multicast;destination=239.0.0.1;mode=receive';
  expect(parseTransport(value)).toEqual([
    { lower: 'TCP', interleaved: [0, 1], mode: 'play', ssrc: 0x1a2b3c4d },
    { lower: 'UDP', clientPort: [5000, 5001], serverPort: [6970, 6971], source: '10.0.0.7' },
    { lower: 'UDP', secure: true, multicast: true, destination: '239.0.0.1', mode: 'record' },
  ]);
});

test.each([
  ['one channel instead of two', 'RTP/AVP/TCP;interleaved=4', { interleaved: [4, 5] }],
  ['an SSRC padded with spaces', 'RTP/AVP/TCP;ssrc=  4D2', { ssrc: 1234 }],
  ['an SSRC that is no number', 'RTP/AVP/TCP;ssrc=xyz', {}],
  ['a channel above 255', 'RTP/AVP/TCP;interleaved=255-256', {}],
  ['channels that are no numbers', 'RTP/AVP/TCP;interleaved=a-b', {}],
  ['empty values', 'RTP/AVP/TCP;source=;destination=;ssrc', {}],
  ['space and lower case', ' rtp/avp/tcp ; Interleaved = 2 - 3 ;', { interleaved: [2, 3] }],
])('a camera that sends %s is understood', (_, value, wanted) => {
  expect(parseTransport(value)).toEqual([{ lower: 'TCP', ...wanted }]);
});

test('what is not RTP is left out', () => {
  expect(parseTransport('RAW/RAW/UDP;unicast,MP2T/H2221/UDP,RTP/AVP')).toEqual([{ lower: 'UDP' }]);
});

const pair = (max: number) => fc.tuple(fc.nat(max), fc.nat(max));
const host = fc.ipV4();
const transport = fc.record(
  {
    lower: fc.constantFrom('TCP' as const, 'UDP' as const),
    secure: fc.constant(true),
    multicast: fc.constant(true),
    interleaved: pair(255),
    clientPort: pair(65_535),
    serverPort: pair(65_535),
    source: host,
    destination: host,
    ssrc: fc.nat(0xffff_ffff),
    mode: fc.constantFrom('play' as const, 'record' as const),
  },
  { requiredKeys: ['lower'] },
);

test('a Transport header that is written is read back', () => {
  fc.assert(
    fc.property(fc.array(transport, { minLength: 1, maxLength: 16 }), (transports) => {
      const written = transports as RtspTransport[];
      expect(parseTransport(formatTransport(written))).toEqual(written);
    }),
  );
});

test('any text gives at most 16 alternatives and no error', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('RTP/AVP', ';', ',', '=', 'ssrc', '-'));
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(parseTransport(parts.join('')).length).toBeLessThanOrEqual(16);
    }),
  );
});
