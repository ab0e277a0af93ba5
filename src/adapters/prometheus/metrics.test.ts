// Holds the metrics against what Prometheus can read, and the reference against both.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeConsoleView } from '../../../test/support/console-view.ts';
import { makeStream } from '../../../test/support/fake-services.ts';
import type { MetricFigures, RtspTotals, SignallingTotals, TransportTotals } from './figures.ts';
import { createMetrics } from './metrics.ts';

const transport: TransportTotals = {
  packets: 1,
  bytes: 2,
  sendFailures: 3,
  retransmitted: 4,
  nacks: 5,
  unanswered: 6,
  plis: 7,
  dropped: 8,
  tcpDropped: 9,
  malformedRtcp: 10,
  viewersJoined: 11,
  viewersLeft: 12,
};

const rtsp: RtspTotals = {
  connections: 20,
  refused: 21,
  malformed: 22,
  wrongPasswords: 23,
  dropped: 24,
  tooSlow: 25,
};

const signalling: SignallingTotals = {
  sockets: 30,
  refused: 31,
  malformed: 32,
  wrongSecrets: 33,
  dismissed: 34,
  dropped: 35,
};

/** A stream that has everything that is told of one. */
const retried = makeStream('gate', {
  profiles: [
    {
      ...makeStream('gate').profiles[0]!,
      state: 'retrying',
      failures: 3,
      nextAttemptAt: '2026-01-01T00:00:30.000Z',
      warnings: ['It sends B-frames.'],
    },
  ],
  conversions: [
    { from: 'H265 Main', to: 'H264', state: 'converting', reason: null, users: 2, cpuSeconds: 1.5 },
    {
      from: 'AAC 16000 Hz',
      to: 'opus',
      state: 'opening',
      reason: null,
      users: 1,
      cpuSeconds: null,
    },
  ],
});

function makeFigures(changes: Partial<MetricFigures> = {}): MetricFigures {
  return {
    version: '0.1.0',
    streams: () => [makeStream('gate'), makeStream('yard', { state: 'stalled', tracks: [] })],
    viewers: () => [
      { protocol: 'whep', state: 'connected', path: 'udp', count: 4 },
      { protocol: 'ws', state: 'connecting', path: null, count: 1 },
    ],
    transport: () => transport,
    rtsp: () => rtsp,
    signalling: () => signalling,
    sound: () => ({
      view: makeConsoleView(),
      encodings: 32,
      cpuSeconds: 1.5,
      strayDatagrams: 44,
    }),
    ...changes,
  };
}

function numbersOf(part: string, lines: readonly string[]): number[] {
  const own = lines.filter((line) => line.startsWith(`yeoul_${part}_`));
  return own.map((line) => Number(line.split(' ')[1]));
}

async function scrape(figures = makeFigures()): Promise<string[]> {
  return (await createMetrics(figures).read()).text.split('\n');
}

describe('metrics', () => {
  test('every line is a comment or a sample that Prometheus can read', async () => {
    const sample = /^[a-z_][a-z0-9_]*(\{([a-z_]+="(\\.|[^"\\])*",?)+\})? (-?[0-9.e+-]+|\+Inf|Nan)$/;
    const lines = await scrape();
    expect(lines.length).toBeGreaterThan(100);
    const strange = lines.filter(
      (line) => !/^(# (HELP|TYPE) .+)?$/.test(line) && !sample.test(line),
    );
    expect(strange).toEqual([]);
  });

  test('no series appears twice, even for two tracks of the same codec', async () => {
    const [track] = makeStream('gate').tracks;
    const twins = makeStream('gate', { tracks: [track!, track!] });
    const lines = await scrape(makeFigures({ streams: () => [twins] }));
    const series = lines.filter((line) => line && !line.startsWith('#')).map(seriesOf);
    expect(series.length).toBe(new Set(series).size);
  });

  test('a track is counted under its stream, index, kind and codec', async () => {
    const lines = await scrape();
    expect(lines).toContain(
      'yeoul_stream_lost_packets_total{stream="gate",profile="main",track="0",kind="video",codec="H264"} 3',
    );
    expect(lines).toContain(
      'yeoul_stream_bitrate_bits_per_second{stream="gate",profile="main",track="1",kind="audio",codec="opus"} 2000500',
    );
  });

  test('a figure that nobody knows is left out, not zero', async () => {
    const lines = await scrape();
    expect(lines.filter((line) => line.startsWith('yeoul_stream_frame_rate{'))).toEqual([
      'yeoul_stream_frame_rate{stream="gate",profile="main",track="0",kind="video",codec="H264"} 25',
    ]);
  });

  test('every state of a stream has a sample, also the ones with no stream', async () => {
    const lines = await scrape();
    expect(lines).toContain('yeoul_streams{state="live"} 1');
    expect(lines).toContain('yeoul_streams{state="stalled"} 1');
    expect(lines).toContain('yeoul_streams{state="refused"} 0');
    expect(lines).toContain('yeoul_stream_live{stream="yard"} 0');
  });

  test('viewers are counted by state and path, and the totals come as given', async () => {
    const lines = await scrape();
    expect(lines).toContain('yeoul_viewers{protocol="whep",state="connected",path="udp"} 4');
    expect(lines).toContain('yeoul_viewers{protocol="ws",state="connecting",path="unknown"} 1');
    const totals = lines.filter((line) => /^yeoul_(transport|viewers)_\w+_total /.test(line));
    expect(totals.map((line) => Number(line.split(' ')[1])).sort((a, b) => a - b)).toEqual(
      Object.values(transport),
    );
  });

  test('a profile tells its state, its failures and when it is tried again', async () => {
    const lines = await scrape(makeFigures({ streams: () => [retried] }));
    const labels = '{stream="gate",profile="main"}';
    expect(lines).toContain(`yeoul_profile_state${labels} 4`);
    expect(lines).toContain(`yeoul_profile_failures${labels} 3`);
    expect(lines).toContain(`yeoul_profile_next_attempt_timestamp_seconds${labels} 1767225630`);
    expect(lines).toContain(`yeoul_profile_warnings${labels} 1`);
  });

  test('a conversion tells its users, and its cost where that is known', async () => {
    const lines = await scrape(makeFigures({ streams: () => [retried] }));
    const labels = (from: string, to: string) => `{stream="gate",from="${from}",to="${to}"}`;
    expect(lines).toContain(`yeoul_conversion_users${labels('H265', 'H264')} 2`);
    expect(lines.filter((line) => line.startsWith('yeoul_conversion_cpu_seconds{'))).toEqual([
      `yeoul_conversion_cpu_seconds${labels('H265', 'H264')} 1.5`,
    ]);
  });

  test('the RTSP server’s totals come as given, and not at all where there is none', async () => {
    expect(numbersOf('rtsp', await scrape())).toEqual(Object.values(rtsp));
    const without = await scrape(makeFigures({ rtsp: () => undefined }));
    expect(numbersOf('rtsp', without)).toEqual([]);
  });

  test('the WebSockets’ totals come as given', async () => {
    expect(numbersOf('signalling', await scrape())).toEqual(Object.values(signalling));
  });

  test('the console’s sound tells what it captures, sends and hears back', async () => {
    const lines = await scrape();
    expect(numbersOf('sound', lines)).toEqual([
      1, 40, 41, 42, 48_000, 43, 32, 1.5, 44, 0.007, 0.011, 0, 1, 0, 0.03, 0.0025, 0.015,
    ]);
    expect(lines).toContain('yeoul_sound_listeners{state="listening"} 1');
    expect(lines).toContain('yeoul_sound_listener_loss_ratio{listener="ear-1"} 0.03');
    expect(lines).toContain('yeoul_sound_delay_seconds{quantile="0.99"} 0.011');
  });

  test('of sound there is nothing where it is switched off, and no delay where nothing is sent', async () => {
    const without = await scrape(makeFigures({ sound: () => undefined }));
    expect(numbersOf('sound', without)).toEqual([]);
    const silent = { view: makeConsoleView({ delay: null }), encodings: 0 };
    const sound = () => ({ ...silent, cpuSeconds: 0, strayDatagrams: 0 });
    const lines = await scrape(makeFigures({ sound }));
    expect(lines.filter((line) => line.startsWith('yeoul_sound_delay_seconds'))).toEqual([]);
  });

  test('a label with quotes, backslashes and line ends stays one label', async () => {
    const odd = makeStream('gate');
    const track = { ...odd.tracks[0]!, codec: 'a"b\\c\nd' };
    const lines = await scrape(
      makeFigures({ streams: () => [makeStream('gate', { tracks: [track] })] }),
    );
    expect(lines).toContain(
      'yeoul_stream_frames_total{stream="gate",profile="main",track="0",kind="video",codec="a\\"b\\\\c\\nd"} 250',
    );
  });

  test('requests are timed by route, and the list of streams a second time by itself', async () => {
    const metrics = createMetrics(makeFigures());
    const request = { method: 'GET', status: 200, durationMs: 4, problem: undefined };
    metrics.observeRequest({ ...request, route: '/api/v1/streams' });
    metrics.observeRequest({ ...request, route: '/api/v1/health' });
    const lines = (await metrics.read()).text.split('\n');
    expect(lines).toContain('api_streams_get_count 1');
    expect(lines).toContain('api_streams_get_bucket{le="0.0025"} 0');
    expect(lines).toContain('api_streams_get_bucket{le="0.005"} 1');
    expect(lines).toContain(
      'yeoul_http_request_duration_seconds_count{route="/api/v1/health",method="GET",status="200"} 1',
    );
  });

  test('refusals are counted by code, but not the faults of the server', async () => {
    const metrics = createMetrics(makeFigures());
    const request = { route: '/whep/:id', method: 'POST', durationMs: 1 };
    metrics.observeRequest({ ...request, status: 406, problem: 'codec_refused' });
    metrics.observeRequest({ ...request, status: 500, problem: 'internal' });
    const lines = (await metrics.read()).text.split('\n');
    expect(lines.filter((line) => line.startsWith('yeoul_http_rejected_total'))).toEqual([
      'yeoul_http_rejected_total{code="codec_refused"} 1',
    ]);
  });

  test('docs/reference/metrics.md lists each metric with its type and labels, and no other', async () => {
    const metrics = createMetrics(makeFigures({ streams: () => [retried] }));
    const request = { route: '/x', method: 'GET', status: 400, durationMs: 1 };
    metrics.observeRequest({ ...request, problem: 'invalid_input' });
    const lines = (await metrics.read()).text.split('\n');
    const real = new Map(lines.flatMap(typeOf));
    const told = readReference();
    expect([...told.keys()].sort()).toEqual([...real.keys()].sort());
    for (const [name, { type, labels }] of told) {
      expect(`${name} ${type}`).toBe(`${name} ${real.get(name)}`);
      if (name.startsWith('yeoul_')) expect(labels, name).toEqual(labelsOf(lines, name));
    }
  });
});

function seriesOf(line: string): string {
  return line.slice(0, line.lastIndexOf(' '));
}

function typeOf(line: string): [string, string][] {
  const match = /^# TYPE (\S+) (\S+)$/.exec(line);
  return match ? [[match[1]!, match[2]!]] : [];
}

function labelsOf(lines: readonly string[], name: string): string[] {
  const line = lines.find((each) => new RegExp(`^${name}(_count)?[{ ]`).test(each)) ?? '';
  return [...line.matchAll(/([a-z_]+)="/g)].map((match) => match[1]!);
}

function readReference(): Map<string, { type: string; labels: string[] }> {
  const url = new URL('../../../docs/reference/metrics.md', import.meta.url);
  const rows = readFileSync(url, 'utf8').matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*)\| [^|]+\|$/gm);
  return new Map(
    [...rows].map(([, name, type, labels]) => [
      name!,
      { type: type!, labels: [...labels!.matchAll(/`(\w+)`/g)].map((match) => match[1]!) },
    ]),
  );
}
