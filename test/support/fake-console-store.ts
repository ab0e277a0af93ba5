// A console store in memory, which can be told to fail.

import {
  type ConsoleChannel,
  type ConsoleSettings,
  consoleSettingsDefaults,
} from '#contract/console.ts';
import type { SampleRate } from '#contract/sound.ts';
import { createDefaultChannels } from '#core/console/default-channels.ts';
import type { ConsoleStore } from '#core/ports/console-store.ts';

export class FakeConsoleStore implements ConsoleStore {
  settings: ConsoleSettings = { ...consoleSettingsDefaults };
  channels: ConsoleChannel[] = createDefaultChannels();
  /** Thrown by the next change. */
  failure: Error | undefined;
  maxRate: SampleRate = consoleSettingsDefaults.sample_rate;

  consoleSettings(): ConsoleSettings {
    return { ...this.settings };
  }

  saveConsoleSettings(changes: Partial<ConsoleSettings>): void {
    this.#failOnce();
    this.settings = { ...this.settings, ...changes };
    this.maxRate = changes.sample_rate ?? this.maxRate;
  }

  maxSampleRate(): SampleRate {
    return this.maxRate;
  }

  saveSampleRate(rate: SampleRate): void {
    this.#failOnce();
    this.settings = { ...this.settings, sample_rate: rate };
  }

  consoleChannels(): ConsoleChannel[] {
    return structuredClone(this.channels);
  }

  saveConsoleChannels(channels: readonly ConsoleChannel[]): void {
    this.#failOnce();
    const sorted = channels.toSorted((one, other) => Number(other.mapped) - Number(one.mapped));
    this.channels = structuredClone(sorted);
  }

  #failOnce(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }
}
