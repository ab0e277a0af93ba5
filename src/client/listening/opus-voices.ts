// Opus to samples, a decoder for each channel: libopus bridges what is missing itself (RFC 6716 §4.4).

import { readOpusBundle } from '#media/sound/opus-bundle.ts';
import type { OpenOpusDecoder, Planes, SoundItem, SoundTap, Voices } from './voices.ts';

interface OpusVoicesOptions {
  /** In the order of the planes. */
  readonly channels: readonly number[];
  readonly openDecoder: OpenOpusDecoder;
  readonly tap: SoundTap | undefined;
}

export class OpusVoices implements Voices {
  readonly #channels: readonly number[];
  readonly #decoders: readonly ReturnType<OpenOpusDecoder>[];
  readonly #tap: SoundTap | undefined;
  /** The item's, by channel. */
  readonly #frames: (Uint8Array | undefined)[] = [];

  constructor({ channels, openDecoder, tap }: OpusVoicesOptions) {
    this.#channels = channels;
    this.#decoders = channels.map(() => openDecoder());
    this.#tap = tap;
  }

  play(item: SoundItem, planes: Planes, isContinuous: boolean): boolean {
    this.#collectFrames(item);
    let isWhole = true;
    this.#channels.forEach((channel, place) => {
      const [plane, decoder] = [planes[place], this.#decoders[place]];
      if (!plane || !decoder) return;
      if (!isContinuous) this.#tap?.missed(channel);
      const frame = this.#frames[channel];
      if (frame && decoder.decode(frame, plane)) {
        this.#tap?.heard(channel, plane);
        return;
      }
      isWhole = false;
      decoder.conceal(plane);
      this.#tap?.missed(channel);
    });
    return isWhole;
  }

  conceal(planes: Planes): void {
    this.#channels.forEach((channel, place) => {
      const plane = planes[place];
      if (plane) this.#decoders[place]?.conceal(plane);
      this.#tap?.missed(channel);
    });
  }

  close(): void {
    for (const decoder of this.#decoders) decoder.close();
  }

  #collectFrames({ payloads }: SoundItem): void {
    this.#frames.length = 0;
    for (const { stream, payload } of payloads) {
      if (!stream.isBundle) this.#frames[stream.channels[0] ?? 0] = payload;
      else {
        readOpusBundle(payload, (channel, frame) => {
          this.#frames[channel] = frame;
        });
      }
    }
  }
}
