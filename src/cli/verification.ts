// Proves that what is heard is what test mode sends, each channel at its own place (PRODUCT 2.2).

import type { PlayerFormat } from '#client/listening/player.ts';
import type { SoundTap } from '#client/listening/voices.ts';
import { ConstantCheck } from './constant-check.ts';
import { ToneCheck } from './tone-check.ts';

/** What one channel is held against. */
export interface SignalCheck {
  /** Samples that have been judged. */
  readonly checked: number;
  /** The first thing that was wrong, for people. */
  readonly problem: string | null;
  take(samples: Float32Array): void;
  /** What comes next does not follow what came before. */
  restart(): void;
}

interface ChannelVerdict {
  readonly channel: number;
  readonly checked: number;
  readonly problem: string | null;
}

export interface Verdict {
  readonly ok: boolean;
  readonly channels: readonly ChannelVerdict[];
}

export class Verification implements SoundTap {
  /** By codec and channel: after a change of the codec there are others. */
  readonly #checks = new Map<string, { readonly channel: number; readonly check: SignalCheck }>();
  #codec: PlayerFormat['codec'] = 'opus';

  /** What is to be heard from now on. What was over before it sounded is no fault. */
  expect({ codec, channels }: PlayerFormat): void {
    this.#codec = codec;
    for (const [key, { check }] of this.#checks) if (check.checked === 0) this.#checks.delete(key);
    for (const channel of channels) {
      const key = `${codec} ${channel}`;
      if (this.#checks.has(key)) this.#checks.get(key)?.check.restart();
      else this.#checks.set(key, { channel, check: createCheck(codec, channel) });
    }
  }

  heard(channel: number, samples: Float32Array): void {
    this.#checks.get(`${this.#codec} ${channel}`)?.check.take(samples);
  }

  missed(channel: number): void {
    this.#checks.get(`${this.#codec} ${channel}`)?.check.restart();
  }

  get verdict(): Verdict {
    const channels = Array.from(this.#checks.values(), ({ channel, check }) => ({
      channel,
      checked: check.checked,
      problem: check.problem ?? (check.checked === 0 ? 'nothing of it was heard' : null),
    }));
    const ok = channels.length > 0 && channels.every(({ problem }) => problem === null);
    return { ok, channels };
  }
}

function createCheck(codec: PlayerFormat['codec'], channel: number): SignalCheck {
  if (codec === 'opus') return new ToneCheck(channel);
  return new ConstantCheck(channel, codec === 'pcm' ? 16 : 24);
}
