// What the main thread and a sound worker tell each other.

import type { AudioFormat } from '#core/streams/track-format.ts';

/** One packet's payload, in an own buffer: what is posted is copied with all of its buffer. */
export interface SoundPayload {
  readonly payload: Uint8Array;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly capturedAtMs: number;
}

/** One RTP packet of Opus. */
export interface OpusPacket {
  readonly packet: Uint8Array;
  readonly capturedAtMs: number;
}

export type WorkerRequest =
  | { readonly kind: 'open'; readonly id: number; readonly format: AudioFormat }
  | { readonly kind: 'payloads'; readonly id: number; readonly payloads: readonly SoundPayload[] }
  | { readonly kind: 'close'; readonly id: number };

/** The answer to each `payloads`, or why there will be no more of them. */
export type WorkerReply =
  | {
      readonly kind: 'sound';
      readonly id: number;
      readonly packets: readonly OpusPacket[];
      /** So far. */
      readonly damaged: number;
      readonly cpuSeconds: number;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };
