// The samples at one rate: resampled once for all renditions that need them, and kept until each has
// had its tick.

import { ChannelResampler } from '#media/pcm/channel-resampler.ts';
import type { SoundRate } from '#media/sound/payload-types.ts';
import type { SoundBlock } from '../../ports/console-source.ts';
import type { RunningRendition } from './running-rendition.ts';
import type { PlaneSource } from './test-planes.ts';
import { GRID_MS, type Timeline } from './timeline.ts';

export class SampleFeed implements PlaneSource {
  readonly rate: SoundRate;
  readonly #timeline: Timeline;
  readonly #renditions = new Set<RunningRendition>();
  #resampler: ChannelResampler | undefined;
  #sourceRate = 0;
  #channels: readonly number[] = [];
  readonly #planes = new Map<number, Float32Array>();
  /** Of each plane. Less than a tick waits for its end; the rest is the source's largest block. */
  #capacity = 0;
  /** Of the planes' first sample: samples since the engine's start. */
  #start = 0;
  #count = 0;

  constructor(rate: SoundRate, timeline: Timeline) {
    this.rate = rate;
    this.#timeline = timeline;
    if (timeline.hasStarted) this.goOn(timeline.nextPosition(rate));
  }

  get isUnused(): boolean {
    return this.#renditions.size === 0;
  }

  /** It begins with the first whole tick of what comes now. */
  attach(rendition: RunningRendition): void {
    this.#renditions.add(rendition);
    rendition.skipTo(this.#start + this.#count);
  }

  detach(rendition: RunningRendition): void {
    this.#renditions.delete(rendition);
  }

  /** After renditions came, went or changed their channels. What is new begins with silence. */
  settle(): void {
    this.#channels = [...new Set([...this.#renditions].flatMap(({ channels }) => [...channels]))];
    this.#resampler?.setChannels(this.#channels);
    for (const channel of this.#planes.keys()) {
      if (!this.#channels.includes(channel)) this.#planes.delete(channel);
    }
  }

  /**
   * What comes now is from there on; ticks that have only begun are dropped. The resampler's phase goes
   * on, so its samples may lie one beside.
   */
  goOn(position: number): void {
    if (this.#sourceRate !== this.#timeline.sourceRate) this.#openResampler();
    this.#start = position;
    this.#count = 0;
    for (const rendition of this.#renditions) {
      rendition.skipTo(this.#start);
      rendition.noteGap();
    }
  }

  take({ planes, frames }: SoundBlock): void {
    if (!this.#resampler) return;
    const added = this.#resampler.push(planes, frames);
    this.#reserve(this.#count + added);
    for (const channel of this.#channels) {
      const output = this.#resampler.output(channel);
      if (output) this.plane(channel).set(output.subarray(0, added), this.#count);
    }
    this.#count += added;
    this.#runTicks();
    this.#dropUsed();
  }

  plane(channel: number): Float32Array {
    const known = this.#planes.get(channel);
    if (known) return known;
    const plane = new Float32Array(this.#capacity);
    this.#planes.set(channel, plane);
    return plane;
  }

  /**
   * Those that end first come first: who moves from one rendition to another must have the last packet
   * of the one before the first of the other.
   */
  #runTicks(): void {
    for (let next = this.#nextDue(); next; next = this.#nextDue()) {
      const position = next.nextPosition;
      const delayed = position - this.#delay;
      const capturedAtMs = this.#timeline.capturedAtMs(delayed, this.rate);
      next.run(this, { from: position - this.#start, capturedAtMs });
    }
  }

  #nextDue(): RunningRendition | undefined {
    let next: RunningRendition | undefined;
    for (const rendition of this.#renditions) {
      if (rendition.nextEnd > this.#start + this.#count) continue;
      if (!next || rendition.nextEnd < next.nextEnd) next = rendition;
    }
    return next;
  }

  #dropUsed(): void {
    let used = this.#count;
    for (const { nextPosition } of this.#renditions) {
      used = Math.min(used, nextPosition - this.#start);
    }
    for (const plane of this.#planes.values()) plane.copyWithin(0, used, this.#count);
    this.#start += used;
    this.#count -= used;
  }

  #reserve(count: number): void {
    if (count <= this.#capacity) return;
    this.#capacity = count + (this.rate * GRID_MS) / 1_000;
    for (const [channel, plane] of this.#planes) {
      const larger = new Float32Array(this.#capacity);
      larger.set(plane);
      this.#planes.set(channel, larger);
    }
  }

  /** By how many samples the resampler's output lags behind. */
  get #delay(): number {
    return ((this.#resampler?.delay ?? 0) * this.rate) / this.#sourceRate;
  }

  #openResampler(): void {
    this.#sourceRate = this.#timeline.sourceRate;
    this.#resampler = new ChannelResampler({ fromRate: this.#sourceRate, toRate: this.rate });
    this.#resampler.setChannels(this.#channels);
  }
}
