// The server's sample rate by what all listeners together report (PRODUCT 2.5).
//
//          at least half of the listeners, and the median of all, above the threshold for 10 s
//         ┌──────────────┐┌──────────────┐┌──────────────┐
//         │              ▼│              ▼│              ▼
//       48000          44100           32000           24000
//         ▲              │▲              │▲              │
//         └──────────────┘└──────────────┘└──────────────┘
//          the median below half of the threshold for 60 s, up to the admin's own rate;
//          twice as long after each way up that failed within 2 min, at most 16 min
//
// What is compared of each listener is the p95 of its latency, so that one bad phone lowers nobody.
// After a step all reconnect: figures and times begin anew.

import type { QosMetrics } from '#contract/audio-meta.ts';
import type { ConsoleSettings } from '#contract/console.ts';
import { SAMPLE_RATES, type SampleRate } from '#contract/sound.ts';

/** Listeners report each 5 s: three were missed, and it does not count any more. */
const RECENT_MS = 15_000;
/** Two reports of each listener, so that one bad one alone is over before a step. */
const WINDOW_MS = 10_000;
/** Of the window: whoever reports more often than each second has less of it. */
const MAX_REPORTS = 10;
/** A way up that ends this soon was a mistake. */
const RELAPSE_WITHIN_MS = 120_000;
const MAX_PATIENCE = 16;
const QUANTILE = 0.95;

type LadderSettings = Pick<
  ConsoleSettings,
  'latency_threshold_ms' | 'step_down_after_s' | 'step_up_after_s'
>;

interface LadderSituation {
  readonly rate: SampleRate;
  /** The admin's own. */
  readonly maxRate: SampleRate;
  readonly settings: LadderSettings;
  readonly nowMs: number;
}

interface Latency {
  readonly atMs: number;
  readonly ms: number;
  /** It is a p95 already. */
  readonly isP95: boolean;
}

export class RateLadder {
  /** Newest last, by listener: as many as the server takes. */
  readonly #latencies = new Map<string, Latency[]>();
  #highSinceMs: number | undefined;
  #lowSinceMs: number | undefined;
  #wentUpAtMs: number | undefined;
  #patience = 1;

  take(listenerId: string, metrics: QosMetrics, nowMs: number): void {
    const p95Ms = metrics.latency_p95_ms;
    const latency = { atMs: nowMs, ms: p95Ms ?? metrics.latency_ms, isP95: p95Ms !== undefined };
    const all = this.#latencies.get(listenerId) ?? [];
    this.#latencies.set(listenerId, [...all, latency].slice(-MAX_REPORTS));
  }

  /** The listener is gone. */
  remove(listenerId: string): void {
    this.#latencies.delete(listenerId);
  }

  /** What was measured so far counts no more: the sound has changed, or nobody looked for a while. */
  startAnew(): void {
    this.#latencies.clear();
    this.#highSinceMs = undefined;
    this.#lowSinceMs = undefined;
  }

  /** Called once a second: the rate to change to, if it is time. */
  look({ rate, maxRate, settings, nowMs }: LadderSituation): SampleRate | undefined {
    this.#measure(settings.latency_threshold_ms, nowMs);
    const lower = SAMPLE_RATES[SAMPLE_RATES.indexOf(rate) + 1];
    if (lower && hasLasted(this.#highSinceMs, settings.step_down_after_s, nowMs)) {
      return this.#stepDown(lower, nowMs);
    }
    const higher = SAMPLE_RATES[SAMPLE_RATES.indexOf(rate) - 1];
    const upAfterS = settings.step_up_after_s * this.#patience;
    if (!higher || higher > maxRate || !hasLasted(this.#lowSinceMs, upAfterS, nowMs)) return;
    this.startAnew();
    this.#wentUpAtMs = nowMs;
    return higher;
  }

  #measure(thresholdMs: number, nowMs: number): void {
    this.#dropSilent(nowMs);
    const p95s = [...this.#latencies.values()].map((latencies) => p95Of(latencies, nowMs));
    const median = medianOf(p95s);
    const above = p95s.filter((p95Ms) => p95Ms > thresholdMs).length;
    // With the median, half of the listeners are above; but half of two is one bad phone.
    const isHigh = median > thresholdMs && above >= Math.min(2, p95s.length);
    const isLow = median < thresholdMs / 2;
    this.#highSinceMs = isHigh ? (this.#highSinceMs ?? nowMs) : undefined;
    this.#lowSinceMs = isLow ? (this.#lowSinceMs ?? nowMs) : undefined;
  }

  #stepDown(lower: SampleRate, nowMs: number): SampleRate {
    this.startAnew();
    if (this.#wentUpAtMs !== undefined) {
      const relapsed = nowMs - this.#wentUpAtMs < RELAPSE_WITHIN_MS;
      this.#patience = relapsed ? Math.min(MAX_PATIENCE, this.#patience * 2) : 1;
      this.#wentUpAtMs = undefined;
    }
    return lower;
  }

  #dropSilent(nowMs: number): void {
    for (const [listenerId, latencies] of this.#latencies) {
      const heardAtMs = latencies.at(-1)?.atMs ?? nowMs;
      if (nowMs - heardAtMs > RECENT_MS) this.#latencies.delete(listenerId);
    }
  }
}

function hasLasted(sinceMs: number | undefined, seconds: number, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= seconds * 1_000;
}

/** NaN of nothing. */
function p95Of(latencies: readonly Latency[], nowMs: number): number {
  const latest = latencies.at(-1);
  if (latest?.isP95) return latest.ms;
  const inWindow = latencies.filter(({ atMs }) => nowMs - atMs < WINDOW_MS).map(({ ms }) => ms);
  const sorted = inWindow.toSorted((one, other) => one - other);
  return sorted[Math.ceil(QUANTILE * sorted.length) - 1] ?? latest?.ms ?? Number.NaN;
}

/** NaN of nothing, which is neither above nor below anything. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
