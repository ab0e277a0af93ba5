// The lines that people read.

import { expect, test } from 'vitest';
import { summarise } from './crowd-stats.ts';
import { formatEntry, type ListenEntry, type StatsFigures } from './listen-entry.ts';

const STATS: StatsFigures = {
  ...{ packets: 1_990, expected: 2_000, loss_percent: 0.5, jitter_ms: 0.314 },
  ...{ latency_p50_ms: 7.25, latency_p95_ms: 9.75, bandwidth_mbps: 2.2, buffer_ms: 10.25 },
  ...{ concealed: 10, dropped: 1 },
};

const UNKNOWN: StatsFigures = {
  ...{ packets: 0, expected: 0, loss_percent: null, jitter_ms: null },
  ...{ latency_p50_ms: null, latency_p95_ms: null, bandwidth_mbps: null, buffer_ms: null },
  ...{ concealed: 0, dropped: 0 },
};

const CONFIG = {
  ...{ compression: 'opus', layout: 'bundle', sample_rate: 44_100, clock_rate: 48_000 },
  ...{ packet_time_ms: 5, bitrate: 58_800, channels: [{ id: 2, name: 'Bass' }] },
  left_out: [{ id: 7, reason: 'it is not in the mapping' }],
  streams: [],
} as const;

const SUMMARY = {
  ...{ packets: 90, expected: 100, lost: 10, loss_percent: 10, jitter_ms: 1.5 },
  ...{ latency_p50_ms: 7, latency_p95_ms: 9, latency_p99_ms: 11, concealed: 9, dropped: 1 },
  ...{ strays: 2, sessions: 1, verification: null },
} as const;

const LINES: [unknown, string][] = [
  [{ type: 'server', url: 'http://x' }, 'Listening to http://x'],
  [
    { type: 'stats', stats: STATS },
    '[1] RTP stats  packets 1990  loss 0.50 %  jitter 0.31 ms  latency 7.3/9.8 ms  buffer 10.3 ms  concealed 10  dropped 1',
  ],
  [
    { type: 'stats', stats: UNKNOWN },
    '[1] RTP stats  packets 0  loss – %  jitter – ms  latency –/– ms  buffer – ms  concealed 0  dropped 0',
  ],
  [{ type: 'session', client_id: 'ear', udp_port: 5_004 }, '[1] is listener ear, at UDP port 5004'],
  [
    { type: 'thresholds', interpolate_ms: 30, drop_ms: 60 },
    '[1] interpolates from 30 ms on, drops from 60 ms on',
  ],
  [{ type: 'state', state: 'waiting', reason: 'gone.' }, '[1] waiting: gone.'],
  [{ type: 'state', state: 'connected', reason: null }, '[1] connected'],
  [
    { type: 'config', config: CONFIG },
    '[1] gets opus bundle 44100 Hz, 5 ms, 58800 bit/s a channel, in 0 RTP streams, channels 2; without 7: it is not in the mapping',
  ],
  [
    { type: 'event', event: { type: 'config_changed', reason: 'slow', new_sample_rate: 32_000 } },
    '[1] event config_changed: slow, now 32000 Hz',
  ],
  [
    {
      type: 'event',
      event: { type: 'network_warning', metric: 'jitter_ms', value: 6, threshold: 5 },
    },
    '[1] event network_warning: jitter_ms is 6, above 5',
  ],
  [
    { type: 'event', event: { type: 'custom_message', message: 'Five minutes' } },
    '[1] event custom_message: Five minutes',
  ],
  [
    { type: 'event', event: { type: 'server_shutdown', reason: 'bye' } },
    '[1] event server_shutdown: bye',
  ],
  [{ type: 'refusal', code: 'x', message: 'No.' }, '[1] refused: No. (x)'],
  [{ type: 'recording', paths: ['a.wav', 'a-2.wav'], failure: null }, 'Recorded a.wav, a-2.wav'],
  [{ type: 'recording', paths: [], failure: null }, 'Nothing was recorded.'],
  [
    { type: 'recording', paths: ['a.wav'], failure: 'no space' },
    'Cannot write the recording: no space. Choose another --wav.',
  ],
  [
    { type: 'summary', summary: SUMMARY },
    '[1] heard 90 of 100 packets, lost 10 (10.000 %); jitter at most 1.50 ms; latency 7.0/9.0/11.0 ms (p50/p95/p99); concealed 9, dropped 1, strays 2; 1 sessions',
  ],
];

test.each(LINES)('%j', (entry, line) => {
  expect(formatEntry({ listener: 1, ...(entry as object) } as ListenEntry)).toBe(line);
});

test.each([
  [{ ok: false, channels: [] }, 'NOT verified: nothing was heard.'],
  [
    { ok: true, channels: [{ channel: 1, checked: 5, problem: null }] },
    'Verified: each of 1 channels holds its own signal, in 5 samples or more.',
  ],
  [
    { ok: false, channels: [{ channel: 1, checked: 5, problem: 'it hums' }] },
    'NOT verified:\n  channel 1: it hums',
  ],
])('a verdict %j ends the summary', (verification, text) => {
  const entry = { type: 'summary', listener: 1, summary: { ...SUMMARY, verification } } as const;
  expect(formatEntry(entry)).toMatch(RegExp(`\n${RegExp.escape(text)}$`));
});

test('A crowd has sums and medians, and the one with the most loss, then the most latency', () => {
  const crowd = [
    { listener: 1, stats: STATS },
    { listener: 2, stats: { ...STATS, packets: 2_000, loss_percent: 0, jitter_ms: 5 } },
    { listener: 3, stats: { ...STATS, latency_p95_ms: 20, jitter_ms: 1 } },
  ];
  const entry = summarise(crowd);
  expect(entry).toMatchObject({
    listeners: 3,
    stats: { packets: 5_980, expected: 6_000, jitter_ms: 1, latency_p95_ms: 9.75, concealed: 30 },
    worst: { listener: 3 },
  });
  expect(entry?.type === 'crowd' && entry.stats.loss_percent).toBeCloseTo(1 / 3);
  expect(entry && formatEntry(entry)).toMatch(
    /^RTP stats {2}3 listeners: packets 5980 .* \| worst \[3\] packets 1990 /,
  );
  expect(summarise([...crowd, { listener: 4, stats: UNKNOWN }])).toMatchObject({
    worst: { listener: 4 },
  });
  expect(summarise([])).toBeUndefined();
});
