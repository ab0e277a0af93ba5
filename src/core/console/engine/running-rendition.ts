// One rendition at work: it takes a tick's samples, encodes each channel once, and gives the payloads to
// all who listen to it.

import { firstFrameOfTick } from '#media/sound/packet-plan.ts';
import { clockRateOf, type SoundRate } from '#media/sound/payload-types.ts';
import type { Rendition } from '../../ports/sound-engine.ts';
import type { ChannelEncoder, OpenChannelEncoder } from '../../ports/sound-output.ts';
import { PayloadGroup, type Tick } from './payload-group.ts';
import type { SoundOutput } from './sound-output.ts';
import type { Stay } from './stay.ts';
import { type PlaneSource, TestPlanes } from './test-planes.ts';

interface TickStart {
  /** Where the tick starts in the planes. */
  readonly from: number;
  readonly capturedAtMs: number;
}

interface RunningRenditionOptions {
  readonly openEncoder: OpenChannelEncoder;
  readonly output: SoundOutput;
}

export class RunningRendition {
  readonly rendition: Rendition;
  /** Of the RTP timestamps, and of the samples. */
  readonly clockRate: SoundRate;
  isTestMode = false;
  readonly #options: RunningRenditionOptions;
  readonly #testPlanes: TestPlanes;
  readonly #stays = new Set<Stay>();
  #groups: readonly PayloadGroup[] = [];
  #channels: ReadonlySet<number> = new Set();
  readonly #encoders = new Map<number, ChannelEncoder>();
  /** This tick's, by channel. */
  readonly #frames: (Uint8Array | undefined)[] = [];
  /** Counted from the engine's start. */
  #tick = 0;

  constructor(rendition: Rendition, options: RunningRenditionOptions) {
    this.rendition = rendition;
    this.clockRate = clockRateOf(rendition);
    this.#options = options;
    const maxFrames = Math.ceil((this.clockRate * rendition.packetMs) / 1_000);
    this.#testPlanes = new TestPlanes(rendition.codec, maxFrames);
  }

  /** What somebody listens to, or is about to. */
  get channels(): ReadonlySet<number> {
    return this.#channels;
  }

  /** Of its next tick, on the engine's time. */
  get nextStartMs(): number {
    return this.#tick * this.rendition.packetMs;
  }

  get nextPosition(): number {
    return this.#positionOf(this.#tick);
  }

  /** Up to where there must be samples for its next tick. */
  get nextEnd(): number {
    return this.#positionOf(this.#tick + 1);
  }

  get isUnused(): boolean {
    return this.#stays.size === 0;
  }

  /** Somebody is still in it who has moved on. */
  get hasLeavers(): boolean {
    for (const stay of this.#stays) if (stay.isOver) return true;
    return false;
  }

  add(stay: Stay): void {
    this.#stays.add(stay);
  }

  delete(stay: Stay): void {
    this.#stays.delete(stay);
  }

  /** After stays came, went or ended. With the last one the last encoder is closed. */
  settle(): void {
    for (const stay of this.#stays) if (stay.isOver) this.#stays.delete(stay);
    this.#groups = this.#formGroups();
    this.#channels = new Set(this.#groups.flatMap(({ channels }) => channels));
    if (this.rendition.codec === 'opus') this.#settleEncoders();
  }

  /** Goes on with the first whole tick from there. */
  skipTo(position: number): void {
    this.#tick = Math.ceil((position * 1_000) / (this.clockRate * this.rendition.packetMs));
  }

  /** What comes next does not follow what came before. */
  noteGap(): void {
    for (const group of this.#groups) group.noteGap();
  }

  /** The samples up to `nextEnd` are there. */
  run(source: PlaneSource, { from, capturedAtMs }: TickStart): void {
    const position = this.nextPosition;
    const frames = this.nextEnd - position;
    const tick = { startMs: this.nextStartMs, position, frames, capturedAtMs };
    this.#tick++;
    this.#testPlanes.position = position;
    if (this.isTestMode) this.#deliver(tick, { source: this.#testPlanes, from: 0 });
    else this.#deliver(tick, { source, from });
  }

  #deliver(tick: Tick, samples: { readonly source: PlaneSource; readonly from: number }): void {
    const isOpus = this.rendition.codec === 'opus';
    // Also for those who are only about to come: an encoder sounds right from its second packet on.
    if (isOpus) this.#encode(tick, samples);
    for (const group of this.#groups) {
      if (!group.hasListeners(tick.startMs)) continue;
      const parts = isOpus ? group.joinFrames(this.#frames, tick) : group.cutSamples(tick, samples);
      group.send(parts, tick, this.#options.output);
    }
  }

  #encode({ frames }: Tick, { source, from }: { source: PlaneSource; from: number }): void {
    for (const [channel, encoder] of this.#encoders) {
      const samples = source.plane(channel).subarray(from, from + frames);
      this.#frames[channel] = encoder.encode(samples);
    }
  }

  #positionOf(tick: number): number {
    const { packetMs } = this.rendition;
    return firstFrameOfTick(tick, { sampleRate: this.clockRate, packetMs });
  }

  #formGroups(): PayloadGroup[] {
    const groups = new Map<string, PayloadGroup>();
    for (const stay of this.#stays) {
      const { isBundle } = stay;
      for (const { stream, channels } of stay.streams) {
        const key = `${isBundle} ${channels}`;
        const group = groups.get(key) ?? new PayloadGroup(this.rendition, { channels, isBundle });
        groups.set(key, group);
        group.add({ stay, stream });
      }
    }
    return [...groups.values()];
  }

  #settleEncoders(): void {
    for (const [channel, encoder] of this.#encoders) {
      if (this.#channels.has(channel)) continue;
      encoder.close();
      this.#encoders.delete(channel);
    }
    const { packetMs, bitrate, sampleRate } = this.rendition;
    const format = { frames: (this.clockRate * packetMs) / 1_000, bitrate, maxHz: sampleRate / 2 };
    for (const channel of this.#channels) {
      if (this.#encoders.has(channel)) continue;
      this.#encoders.set(channel, this.#options.openEncoder(format));
    }
  }
}
