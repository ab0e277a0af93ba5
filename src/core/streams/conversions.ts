// What this stream's tracks are converted to, on demand: each conversion once, for all who need it.

import type { Converter } from '#core/ports/converter.ts';
import type { Clock } from '#std/clock.ts';
import { ConvertedTrack } from './converted-track.ts';
import type { Track } from './track.ts';
import type { TrackFormat } from './track-format.ts';

interface ConversionsOptions {
  readonly clock: Clock;
  readonly converter: Converter;
  readonly flush: () => void;
  /** This output is no more: its viewers have to choose anew. */
  readonly onGone: (tracks: readonly Track[], reason: string) => void;
}

export class Conversions {
  readonly #options: ConversionsOptions;
  readonly #converted = new Map<Track, ConvertedTrack>();

  constructor(options: ConversionsOptions) {
    this.#options = options;
  }

  get all(): readonly ConvertedTrack[] {
    return [...this.#converted.values()];
  }

  /** Why this track can't be converted to that, or undefined if it can. */
  refusal(from: Track, to: TrackFormat['codec']): string | undefined {
    const known = this.#converted.get(from);
    // One that runs has its place already.
    if (known?.state === 'opening' || known?.state === 'converting') return undefined;
    return known?.refusal() ?? this.#options.converter.refusal(from.format, to);
  }

  /** The one conversion of this track: video becomes H.264, sound Opus. */
  of(from: Track): ConvertedTrack {
    const known = this.#converted.get(from);
    if (known) return known;
    const converted = new ConvertedTrack(from, this.#options);
    this.#converted.set(from, converted);
    return converted;
  }

  /** Called once a second. */
  tick(nowMs: number): void {
    for (const converted of this.#converted.values()) converted.tick(nowMs);
  }

  /** These tracks are no more, and so is what was made of them. */
  drop(tracks: readonly Track[], reason: string): void {
    for (const track of tracks) {
      const converted = this.#converted.get(track);
      this.#converted.delete(track);
      void converted?.close(reason);
    }
  }

  async close(reason: string): Promise<void> {
    const all = this.all;
    this.#converted.clear();
    await Promise.all(all.map((converted) => converted.close(reason)));
  }
}
