// What sender reports say of a track: which wall-clock time an RTP timestamp stands for.

import { readRtcp } from '#media/rtcp/reading.ts';
import { timestampDistance } from '#media/rtp/distance.ts';

/** From 1900-01-01 (NTP) to 1970-01-01. */
const UNIX_EPOCH_SECONDS = 2_208_988_800;
const WORD_RANGE = 2 ** 32;

export class ReportClock {
  /** That have come so far. */
  reports = 0;
  readonly #clockRate: number;
  #report: { readonly wallMs: number; readonly timestamp: number } | undefined;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  take(packet: Uint8Array): void {
    for (const report of readRtcp(packet).reports) {
      if (report.type !== 'sender-report') continue;
      // NTP's seconds wrap in 2036.
      const seconds = (report.ntpSeconds - UNIX_EPOCH_SECONDS + WORD_RANGE) % WORD_RANGE;
      const wallMs = (seconds + report.ntpFraction / WORD_RANGE) * 1000;
      this.reports++;
      this.#report = { wallMs, timestamp: report.rtpTimestamp };
    }
  }

  /** In ms since 1970; undefined before the first report. */
  wallMsOf(timestamp: number): number | undefined {
    if (!this.#report) return undefined;
    const ticks = timestampDistance(this.#report.timestamp, timestamp);
    return this.#report.wallMs + (ticks * 1000) / this.#clockRate;
  }
}
