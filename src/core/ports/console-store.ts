// Where the console's settings are kept: the active row of `audio_config`, and the channels (PRODUCT 2.5).

import type { ConsoleChannel, ConsoleSettings } from '#contract/console.ts';
import type { SampleRate } from '#contract/sound.ts';

/**
 * Each method throws `UnavailableError` if the world is in the way: then nothing has changed. What was
 * written by hand counts from the next reading on; what makes no sense there is read as its default.
 */
export interface ConsoleStore {
  consoleSettings(): ConsoleSettings;
  /** What is not named stays. A sample rate is the admin's own: the server goes no higher by itself. */
  saveConsoleSettings(changes: Partial<ConsoleSettings>): void;
  /** The admin's own, never below that of the settings. */
  maxSampleRate(): SampleRate;
  /** What the server changes by itself: the admin's own stays. */
  saveSampleRate(rate: SampleRate): void;
  /** All 32, those that go out in their order first. */
  consoleChannels(): ConsoleChannel[];
  saveConsoleChannels(channels: readonly ConsoleChannel[]): void;
}
