// What `yeoul listen` tells: as lines for people, or as JSON for programs.

import type { ListenerEvent, StreamConfig } from '#contract/listening.ts';
import type { Verdict } from './verification.ts';

/** Since the last one. */
export interface StatsFigures {
  readonly packets: number;
  readonly expected: number;
  readonly loss_percent: number | null;
  readonly jitter_ms: number | null;
  readonly latency_p50_ms: number | null;
  readonly latency_p95_ms: number | null;
  readonly bandwidth_mbps: number | null;
  readonly buffer_ms: number | null;
  readonly concealed: number;
  readonly dropped: number;
}

/** Since the start. */
export interface ListenerSummary {
  readonly packets: number;
  readonly expected: number;
  readonly lost: number;
  readonly loss_percent: number | null;
  /** The worst of all readings. */
  readonly jitter_ms: number | null;
  readonly latency_p50_ms: number | null;
  readonly latency_p95_ms: number | null;
  readonly latency_p99_ms: number | null;
  readonly concealed: number;
  readonly dropped: number;
  readonly strays: number;
  readonly sessions: number;
  readonly verification: Verdict | null;
}

export type ListenEntry =
  | { readonly type: 'server'; readonly url: string }
  | {
      readonly type: 'state';
      readonly listener: number;
      readonly state: string;
      readonly reason: string | null;
    }
  | {
      readonly type: 'session';
      readonly listener: number;
      readonly client_id: string;
      readonly udp_port: number;
    }
  | {
      readonly type: 'thresholds';
      readonly listener: number;
      readonly interpolate_ms: number;
      readonly drop_ms: number;
    }
  | { readonly type: 'config'; readonly listener: number; readonly config: StreamConfig }
  | { readonly type: 'event'; readonly listener: number; readonly event: ListenerEvent }
  | {
      readonly type: 'refusal';
      readonly listener: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: 'stats'; readonly listener: number; readonly stats: StatsFigures }
  | {
      readonly type: 'crowd';
      readonly listeners: number;
      readonly stats: StatsFigures;
      readonly worst: { readonly listener: number; readonly stats: StatsFigures };
    }
  | {
      readonly type: 'recording';
      readonly paths: readonly string[];
      readonly failure: string | null;
    }
  | { readonly type: 'summary'; readonly listener: number; readonly summary: ListenerSummary };

/** A line, without its end. */
export function formatEntry(entry: ListenEntry): string {
  switch (entry.type) {
    case 'server':
      return `Listening to ${entry.url}`;
    case 'stats':
      return `${prefix(entry)}RTP stats  ${formatStats(entry.stats)}`;
    case 'crowd':
      return `RTP stats  ${entry.listeners} listeners: ${formatStats(entry.stats)}  | worst [${entry.worst.listener}] ${formatStats(entry.worst.stats)}`;
    case 'summary':
      return `${prefix(entry)}${formatSummary(entry.summary)}`;
    case 'recording':
      return formatRecording(entry);
    default:
      return `${prefix(entry)}${formatNews(entry)}`;
  }
}

type NewsType = 'state' | 'session' | 'thresholds' | 'config' | 'event' | 'refusal';
type News = Extract<ListenEntry, { type: NewsType }>;

function formatNews(entry: News): string {
  switch (entry.type) {
    case 'state':
      return formatState(entry);
    case 'session':
      return `is listener ${entry.client_id}, at UDP port ${entry.udp_port}`;
    case 'thresholds':
      return `interpolates from ${entry.interpolate_ms} ms on, drops from ${entry.drop_ms} ms on`;
    case 'config':
      return formatConfig(entry.config);
    case 'event':
      return `event ${formatEvent(entry.event)}`;
    case 'refusal':
      return `refused: ${entry.message} (${entry.code})`;
  }
}

function prefix({ listener }: { readonly listener: number }): string {
  return `[${listener}] `;
}

function formatState({ state, reason }: Extract<News, { type: 'state' }>): string {
  return reason === null ? state : `${state}: ${reason}`;
}

function formatConfig(config: StreamConfig): string {
  const { compression, layout, sample_rate, packet_time_ms, bitrate, channels, streams } = config;
  const bits = bitrate === null ? '' : `, ${bitrate} bit/s a channel`;
  const ids = channels.map(({ id }) => id).join(' ');
  const leftOut = config.left_out.map(({ id, reason }) => `; without ${id}: ${reason}`).join('');
  return `gets ${compression} ${layout} ${sample_rate} Hz, ${packet_time_ms} ms${bits}, in ${streams.length} RTP streams, channels ${ids}${leftOut}`;
}

function formatEvent(event: ListenerEvent): string {
  switch (event.type) {
    case 'network_warning':
      return `network_warning: ${event.metric} is ${event.value}, above ${event.threshold}`;
    case 'custom_message':
      return `custom_message: ${event.message}`;
    case 'config_changed': {
      const rate = event.new_sample_rate === undefined ? '' : `, now ${event.new_sample_rate} Hz`;
      return `config_changed: ${event.reason}${rate}`;
    }
    default:
      return `${event.type}: ${event.reason}`;
  }
}

function formatStats(stats: StatsFigures): string {
  const { packets, loss_percent, jitter_ms, latency_p50_ms, latency_p95_ms, buffer_ms } = stats;
  return [
    `packets ${packets}`,
    `loss ${figure(loss_percent, 2)} %`,
    `jitter ${figure(jitter_ms, 2)} ms`,
    `latency ${figure(latency_p50_ms, 1)}/${figure(latency_p95_ms, 1)} ms`,
    `buffer ${figure(buffer_ms, 1)} ms`,
    `concealed ${stats.concealed}`,
    `dropped ${stats.dropped}`,
  ].join('  ');
}

function formatSummary(summary: ListenerSummary): string {
  const { packets, expected, lost, sessions, strays, verification } = summary;
  const latencies = [summary.latency_p50_ms, summary.latency_p95_ms, summary.latency_p99_ms];
  const parts = [
    `heard ${packets} of ${expected} packets, lost ${lost} (${figure(summary.loss_percent, 3)} %)`,
    `jitter at most ${figure(summary.jitter_ms, 2)} ms`,
    `latency ${latencies.map((each) => figure(each, 1)).join('/')} ms (p50/p95/p99)`,
    `concealed ${summary.concealed}, dropped ${summary.dropped}, strays ${strays}`,
    `${sessions} sessions`,
  ];
  return parts.join('; ') + (verification ? `\n${formatVerdict(verification)}` : '');
}

function formatVerdict({ ok, channels }: Verdict): string {
  const wrong = channels.filter(({ problem }) => problem !== null);
  if (ok) {
    const checked = Math.min(...channels.map((channel) => channel.checked));
    const count = new Set(channels.map(({ channel }) => channel)).size;
    return `Verified: each of ${count} channels holds its own signal, in ${checked} samples or more.`;
  }
  if (channels.length === 0) return 'NOT verified: nothing was heard.';
  const lines = wrong.map(({ channel, problem }) => `  channel ${channel}: ${problem}`);
  return ['NOT verified:', ...lines].join('\n');
}

function formatRecording({ paths, failure }: Extract<ListenEntry, { type: 'recording' }>): string {
  if (failure !== null) return `Cannot write the recording: ${failure}. Choose another --wav.`;
  return paths.length === 0 ? 'Nothing was recorded.' : `Recorded ${paths.join(', ')}`;
}

function figure(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}
