// What listeners of the same channels in the same rendition share: the payloads of each tick.

import { writeL16 } from '#media/pcm/l16.ts';
import { writeL24 } from '#media/pcm/l24.ts';
import { writeOpusBundle } from '#media/sound/opus-bundle.ts';
import { countParts, partStart, SAMPLE_BYTES } from '#media/sound/packet-plan.ts';
import type { Rendition } from '../../ports/sound-engine.ts';
import type { RtpStream } from './rtp-stream.ts';
import type { PayloadPart, SoundOutput } from './sound-output.ts';
import type { Stay } from './stay.ts';
import type { PlaneSource } from './test-planes.ts';

/** One packet time of one rendition. */
export interface Tick {
  readonly startMs: number;
  /** Of its first sample: samples since the engine's start. */
  readonly position: number;
  readonly frames: number;
  /** Of its first sample. */
  readonly capturedAtMs: number;
}

interface Member {
  readonly stay: Stay;
  readonly stream: RtpStream;
}

interface TickSamples {
  readonly source: PlaneSource;
  /** Where the tick starts in the planes. */
  readonly from: number;
}

export class PayloadGroup {
  readonly channels: readonly number[];
  readonly #rendition: Rendition;
  readonly #isBundle: boolean;
  readonly #members: Member[] = [];

  constructor(
    rendition: Rendition,
    { channels, isBundle }: { readonly channels: readonly number[]; readonly isBundle: boolean },
  ) {
    this.#rendition = rendition;
    this.channels = channels;
    this.#isBundle = isBundle;
  }

  add(member: Member): void {
    this.#members.push(member);
  }

  noteGap(): void {
    for (const { stream } of this.#members) stream.noteGap();
  }

  /** Whether anybody gets this tick. */
  hasListeners(startMs: number): boolean {
    return this.#members.some(({ stay }) => stay.covers(startMs));
  }

  /** Of Opus: `frames` are by channel. */
  joinFrames(frames: readonly (Uint8Array | undefined)[], tick: Tick): PayloadPart[] {
    const payloads = this.#isBundle
      ? writeOpusBundle(this.channels, frames).payloads
      : [frames[this.channels[0] ?? 0]];
    const { position, capturedAtMs } = tick;
    const parts: PayloadPart[] = [];
    for (const payload of payloads) {
      // Empty: its encoder was opened in this turn.
      if (payload && payload.length > 0) parts.push({ payload, position, capturedAtMs });
    }
    return parts;
  }

  /** Of PCM: the tick cut in time. */
  cutSamples(tick: Tick, { source, from }: TickSamples): PayloadPart[] {
    const { codec, ...format } = this.#rendition;
    if (codec === 'opus') return [];
    const planes = this.channels.map((channel) => source.plane(channel));
    const frameBytes = this.channels.length * SAMPLE_BYTES[codec];
    const write = codec === 'pcm' ? writeL16 : writeL24;
    const cut = {
      parts: countParts(this.channels.length, { codec, ...format }),
      frames: tick.frames,
    };
    const parts: PayloadPart[] = [];
    for (let part = 0; part < cut.parts; part++) {
      const start = partStart(part, cut);
      const payload = new Uint8Array((partStart(part + 1, cut) - start) * frameBytes);
      write(payload, planes, from + start);
      const capturedAtMs = tick.capturedAtMs + (start * 1_000) / format.sampleRate;
      parts.push({ payload, position: tick.position + start, capturedAtMs });
    }
    return parts;
  }

  /** To all who get this tick. */
  send(parts: readonly PayloadPart[], { startMs }: Tick, output: SoundOutput): void {
    for (const part of parts) {
      let packets = 0;
      for (const { stay, stream } of this.#members) {
        if (!stay.covers(startMs)) continue;
        stream.send(part);
        packets++;
      }
      output.noteDelay(part, packets);
    }
  }
}
