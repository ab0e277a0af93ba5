// Statistics as browsers report them, and as they should never be.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSnapshot } from './stats-snapshot.ts';

const inbound = {
  id: 'IT01V',
  type: 'inbound-rtp',
  kind: 'video',
  codecId: 'CIT01',
  packetsReceived: 1200,
  packetsLost: 3,
  bytesReceived: 1_000_000,
  jitter: 0.004,
  jitterBufferDelay: 12.5,
  jitterBufferEmittedCount: 250,
  framesDecoded: 249,
  framesDropped: 1,
  framesPerSecond: 25,
  frameWidth: 1920,
  frameHeight: 1080,
  freezeCount: 1,
  totalFreezesDuration: 0.25,
  pliCount: 2,
  nackCount: 5,
  estimatedPlayoutTimestamp: 3_990_000_000_000,
};
const codec = { id: 'CIT01', type: 'codec', mimeType: 'video/H264' };
const transport = { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' };
const pairs = [
  {
    id: 'P1',
    type: 'candidate-pair',
    nominated: true,
    state: 'succeeded',
    localCandidateId: 'L1',
    currentRoundTripTime: 0.5,
  },
  { id: 'P2', type: 'candidate-pair', localCandidateId: 'L2', currentRoundTripTime: 0.012 },
];
const candidates = [
  { id: 'L1', type: 'local-candidate', protocol: 'udp' },
  { id: 'L2', type: 'local-candidate', protocol: 'tcp' },
];

test('A report becomes a snapshot in milliseconds and plain names', () => {
  const snapshot = readSnapshot([inbound, codec, transport, ...pairs, ...candidates], 5_000);
  expect(snapshot).toEqual({
    atMs: 5_000,
    video: {
      codec: 'H264',
      packets: 1200,
      packetsLost: 3,
      bytes: 1_000_000,
      jitterMs: 4,
      jitterBufferDelayMs: 12_500,
      jitterBufferEmitted: 250,
      framesDecoded: 249,
      framesDropped: 1,
      framesPerSecond: 25,
      width: 1920,
      height: 1080,
      freezes: 1,
      freezeMs: 250,
      keyFrameRequests: 2,
      retransmitRequests: 5,
      playoutTimestampMs: 3_990_000_000_000,
    },
    audio: null,
    rttMs: 12,
    transport: 'tcp',
  });
});

test('Without a transport record the nominated pair that works is taken', () => {
  const snapshot = readSnapshot([...pairs, ...candidates], 0);
  expect(snapshot).toMatchObject({ rttMs: 500, transport: 'udp' });
});

test('What the browser does not report is null, and counters start at 0', () => {
  const snapshot = readSnapshot([{ id: 'a', type: 'inbound-rtp', kind: 'audio' }], 0);
  expect(snapshot.audio).toMatchObject({ codec: null, packets: 0, bytes: 0, framesDecoded: null });
  expect(snapshot).toMatchObject({ video: null, rttMs: null, transport: null });
});

test('Any records give a snapshot', () => {
  const value = fc.oneof(
    fc.constantFrom('inbound-rtp', 'video', 'candidate-pair', 'transport', 'id', true),
    fc.double(),
    fc.constant(undefined),
  );
  const keys = fc.constantFrom(
    'id',
    'type',
    'kind',
    'codecId',
    'selectedCandidatePairId',
    'packetsReceived',
    'currentRoundTripTime',
  );
  const record = fc.oneof(fc.dictionary(keys, value), fc.constantFrom(null, undefined, 1, 'x'));
  fc.assert(
    fc.property(fc.array(record), (report) => {
      const snapshot = readSnapshot(report, 1);
      expect(Number.isFinite(snapshot.video?.packets ?? 0)).toBe(true);
      expect(Number.isFinite(snapshot.rttMs ?? 0)).toBe(true);
    }),
  );
});
