// What a listener in trouble gets instead: longer packets first, because Wi-Fi charges by the packet,
// then with Opus a lower bitrate (PRODUCT 2.5). It need not reconnect for either.
//
//   step     0          1       2       3            4
//   64k 5ms  as set ─▶ 10 ms ─▶ 20 ms ─▶ 48 kbit/s ─▶ 32 kbit/s
//
//   down    trouble in 2 reports running
//   up      no trouble for 30 s; twice as long after each relapse within a minute, at most 5 min

import type { ListenerFigures } from '#contract/console.ts';
import { PACKET_TIMES_MS } from '#contract/sound.ts';
import type { Rendition } from '#core/ports/sound-engine.ts';
import { findTrouble, type NetworkThresholds } from './network-watch.ts';

/** A single bad report is a door that somebody opened. */
const BAD_REPORTS = 2;
/** Listeners report each 5 s. Whoever reports more often is not adapted faster. */
const MIN_APART_MS = 4_000;
/** Three reports were missed: what was before says nothing about now. */
const MAX_APART_MS = 15_000;
const HOLD_MS = 30_000;
const MAX_HOLD_MS = 5 * 60_000;
/** In trouble again this soon after it went up: going up was the mistake. */
const RELAPSE_WITHIN_MS = 60_000;
const BITRATE_SHARES = [3 / 4, 1 / 2] as const;
/** Below it, Opus in mono loses what makes an instrument sound like itself. */
const MIN_BITRATE = 24_000;

interface Situation {
  /** What it would get without trouble. */
  readonly base: Rendition;
  readonly thresholds: NetworkThresholds;
  readonly nowMs: number;
}

export class ListenerAdaptation {
  #step = 0;
  #cause = '';
  #badReports = 0;
  #goodSinceMs: number | undefined;
  #takenAtMs = Number.NEGATIVE_INFINITY;
  /** Since then it has not gone down again. */
  #wentUpAtMs: number | undefined;
  #holdMs = HOLD_MS;

  /** True if the listener shall get something else from now on. */
  take(figures: ListenerFigures, { base, thresholds, nowMs }: Situation): boolean {
    const apartMs = nowMs - this.#takenAtMs;
    if (apartMs < MIN_APART_MS) return false;
    this.#takenAtMs = nowMs;
    if (apartMs > MAX_APART_MS) this.#startAnew();
    const steps = stepsOf(base);
    // What is set may have changed, and with it how far down there is to go.
    this.#step = Math.min(this.#step, steps.length - 1);
    const trouble = describeTrouble(figures, this.#tolerate(base, thresholds));
    if (trouble === undefined) return this.#takeGood(nowMs);
    this.#goodSinceMs = undefined;
    this.#badReports++;
    if (this.#badReports < BAD_REPORTS || this.#step === steps.length - 1) return false;
    this.#goDown(nowMs, trouble);
    return true;
  }

  /** What it gets in the place of `base`. */
  adapt(base: Rendition): Rendition {
    const steps = stepsOf(base);
    return steps[Math.min(this.#step, steps.length - 1)] ?? base;
  }

  /** For people, `20 ms packets: 3.1 % loss`; null if nothing was lowered. */
  explain(base: Rendition): string | null {
    const { packetMs, bitrate } = this.adapt(base);
    const lowered: string[] = [];
    if (packetMs !== base.packetMs) lowered.push(`${packetMs} ms packets`);
    if (bitrate !== base.bitrate) lowered.push(`${bitrate / 1_000} kbit/s`);
    return lowered.length === 0 ? null : `${lowered.join(', ')}: ${this.#cause}`;
  }

  /** Longer packets are later by as much as they are longer: that alone is no trouble. */
  #tolerate(base: Rendition, thresholds: NetworkThresholds): NetworkThresholds {
    const longerMs = this.adapt(base).packetMs - base.packetMs;
    return { ...thresholds, warn_latency_ms: thresholds.warn_latency_ms + longerMs };
  }

  #takeGood(nowMs: number): boolean {
    this.#badReports = 0;
    this.#goodSinceMs ??= nowMs;
    if (this.#step === 0 || nowMs - this.#goodSinceMs < this.#holdMs) return false;
    this.#step--;
    this.#wentUpAtMs = nowMs;
    this.#goodSinceMs = nowMs;
    return true;
  }

  #goDown(nowMs: number, cause: string): void {
    if (this.#wentUpAtMs !== undefined) {
      const relapsed = nowMs - this.#wentUpAtMs < RELAPSE_WITHIN_MS;
      this.#holdMs = relapsed ? Math.min(MAX_HOLD_MS, this.#holdMs * 2) : HOLD_MS;
      this.#wentUpAtMs = undefined;
    }
    this.#step++;
    this.#cause = cause;
    this.#badReports = 0;
  }

  #startAnew(): void {
    this.#badReports = 0;
    this.#goodSinceMs = undefined;
  }
}

/** From what is set down to the least. */
function stepsOf(base: Rendition): Rendition[] {
  const longer = PACKET_TIMES_MS.filter((packetMs) => packetMs > base.packetMs);
  const steps = [base, ...longer.map((packetMs) => ({ ...base, packetMs }))];
  const longest = steps.at(-1) ?? base;
  for (const share of BITRATE_SHARES) {
    const bitrate = Math.max(MIN_BITRATE, Math.round(base.bitrate * share));
    if (bitrate < (steps.at(-1) ?? base).bitrate) steps.push({ ...longest, bitrate });
  }
  return steps;
}

const DESCRIPTIONS = {
  packet_loss_rate: (value: number) => `${value.toFixed(1)} % loss`,
  jitter_ms: (value: number) => `${Math.round(value)} ms jitter`,
  latency_ms: (value: number) => `${Math.round(value)} ms latency`,
} as const;

function describeTrouble(
  figures: ListenerFigures,
  thresholds: NetworkThresholds,
): string | undefined {
  const [worst] = findTrouble(figures, thresholds);
  return worst && DESCRIPTIONS[worst.metric](worst.value);
}
