// With PCM, every sample of channel n is the integer n.

import type { SignalCheck } from './verification.ts';

export class ConstantCheck implements SignalCheck {
  checked = 0;
  problem: string | null = null;
  readonly #channel: number;
  readonly #fullScale: number;

  constructor(channel: number, bits: 16 | 24) {
    this.#channel = channel;
    this.#fullScale = 2 ** (bits - 1);
  }

  take(samples: Float32Array): void {
    const wrong = samples.findIndex((sample) => sample * this.#fullScale !== this.#channel);
    if (wrong >= 0) {
      const value = (samples[wrong] ?? 0) * this.#fullScale;
      this.problem ??= `sample ${this.checked + wrong} is ${value}, not ${this.#channel}`;
    }
    this.checked += samples.length;
  }

  restart(): void {}
}
