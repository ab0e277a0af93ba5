// The seam to the sound engine: it captures the console, encodes what listeners need and sends it. It
// runs in a thread of its own, so that nothing that happens here makes sound late. What it shall do is
// said as one whole plan; it finds out by itself what has changed.

import type { Compression, Layout, PacketTimeMs, SampleRate } from '#contract/sound.ts';

/** One way in which channels are encoded: each channel once, however many listen. */
export interface Rendition {
  readonly codec: Compression;
  readonly sampleRate: SampleRate;
  readonly packetMs: PacketTimeMs;
  /** Of each channel, in bit/s; 0 with PCM. */
  readonly bitrate: number;
}

export interface RtpStreamPlan {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly port: number;
  /** 1 to 32, in the order in which they stand in the packets. */
  readonly channels: readonly number[];
}

export interface ListenerPlan {
  readonly id: string;
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  readonly rendition: Rendition;
  readonly layout: Layout;
  /** With Opus in a bundle there is one; otherwise one for each group of channels. */
  readonly rtpStreams: readonly RtpStreamPlan[];
  /** Another number than before: its next time extension says that a state has changed (0x02). */
  readonly stateVersion: number;
  /** Its time extensions say that an event is on its way (0x04). */
  readonly isEventPending: boolean;
}

export interface SoundPlan {
  /** `hw:XUSB`, `tones:`, `test:`, `file:/path`; null: nothing is captured. */
  readonly source: string | null;
  readonly isTestMode: boolean;
  /** 0 to 63. */
  readonly dscp: number;
  /** Whether levels are reported. */
  readonly hasMeters: boolean;
  /** Those that get sound now. */
  readonly listeners: readonly ListenerPlan[];
}

export interface CaptureState {
  readonly state: 'idle' | 'opening' | 'live' | 'failed';
  readonly source: string | null;
  /** For people: the thing, the reason, the remedy. While it is live: what is not as it should be. */
  readonly reason: string | null;
  readonly sampleRate: number | null;
  readonly channels: number | null;
  readonly format: string | null;
  /** All three since the server's start. */
  readonly overruns: number;
  readonly lostFrames: number;
  readonly restarts: number;
}

export interface ListenerCounters {
  readonly id: string;
  /** All since the listener was first in a plan. */
  readonly packets: number;
  readonly bytes: number;
  readonly sendErrors: number;
}

/** Once a second while something is captured. */
export interface SoundReport {
  readonly listeners: readonly ListenerCounters[];
  /** All packets since the start. */
  readonly packetsSent: number;
  /** Encodings at work: channels × renditions. */
  readonly encodings: number;
  /** From the console's converter to the socket; null if nothing was sent in this second. */
  readonly delay: { readonly p50Ms: number; readonly p99Ms: number } | null;
  /** Of the engine's thread, since the start. */
  readonly cpuSeconds: number;
  /** Datagrams that somebody sent to the RTP port: nothing is expected there. */
  readonly strayDatagrams: number;
}

/** In dBFS, -120 for silence, one for each channel: since the last call. */
export interface MeterLevels {
  readonly peakDb: readonly number[];
  readonly rmsDb: readonly number[];
}

export interface SoundEngineEvents {
  onCapture(state: CaptureState): void;
  onReport(report: SoundReport): void;
  onMeters(levels: MeterLevels): void;
  /** It ended by itself and starts again: what is sent then has nothing to do with what was before. */
  onLost?(): void;
}

export interface SoundEngine {
  /** Where RTP comes from. */
  readonly port: number;
  /** Takes the place of the plan before. */
  apply(plan: SoundPlan): void;
  /** Idempotent; after it resolves nothing is sent any more. */
  close(): Promise<void>;
}
