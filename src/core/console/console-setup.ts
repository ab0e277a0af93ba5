// What is set: the settings and the channels, kept in the store; and which changes end the sessions of
// the listeners (PRODUCT 2.2).

import type { ConsoleChannel, ConsoleSettings } from '#contract/console.ts';
import type { SampleRate } from '#contract/sound.ts';
import type { ConsoleStore } from '#core/ports/console-store.ts';
import { InputError, StateError } from '#std/errors.ts';

interface ConsoleSetupOptions {
  readonly store: ConsoleStore;
  /** Set in the configuration file: comes before the one of the settings. */
  readonly device: string | null;
}

/** Whoever listens would hear something else than was agreed, in these words. */
const ENDING = {
  device: 'the device',
  sample_rate: 'the sample rate',
  codec: 'the codec',
  layout: 'the layout',
  packet_time_ms: 'the packet time',
  bitrate: 'the bitrate',
  test_mode: 'the test mode',
} as const satisfies Partial<Record<keyof ConsoleSettings, string>>;

export class ConsoleSetup {
  readonly #options: ConsoleSetupOptions;
  #settings: ConsoleSettings;
  #maxRate: SampleRate;
  #channels: readonly ConsoleChannel[];
  #mapping: readonly ConsoleChannel[];

  constructor(options: ConsoleSetupOptions) {
    this.#options = options;
    this.#settings = options.store.consoleSettings();
    this.#maxRate = options.store.maxSampleRate();
    this.#channels = options.store.consoleChannels();
    this.#mapping = mappedOf(this.#channels);
  }

  get settings(): ConsoleSettings {
    return this.#settings;
  }

  get channels(): readonly ConsoleChannel[] {
    return this.#channels;
  }

  /** Those that go out, in their order. */
  get mapping(): readonly ConsoleChannel[] {
    return this.#mapping;
  }

  get isDeviceFromFile(): boolean {
    return this.#options.device !== null;
  }

  /** `auto`, or what the engine opens. */
  get device(): string {
    return this.#options.device ?? this.#settings.device;
  }

  /** Why the sessions end now, for people; undefined if they go on. Throws `set_in_file`. */
  change(changes: Partial<ConsoleSettings>): string | undefined {
    const before = this.#settings;
    this.#check(changes);
    this.#options.store.saveConsoleSettings(changes);
    this.#read();
    const keys = Object.keys(ENDING) as (keyof typeof ENDING)[];
    const changed = keys.filter((key) => this.#settings[key] !== before[key]);
    if (changed.length === 0) return undefined;
    return `the admin changed ${changed.map((key) => ENDING[key]).join(', ')}`;
  }

  /** The same of the channels: another name or colour ends nothing. */
  changeChannels(channels: readonly ConsoleChannel[]): string | undefined {
    const before = this.#mapping;
    this.#options.store.saveConsoleChannels(channels);
    this.#channels = this.#options.store.consoleChannels();
    this.#mapping = mappedOf(this.#channels);
    const isSame =
      before.length === this.#mapping.length &&
      before.every(({ id }, at) => this.#mapping[at]?.id === id);
    return isSame ? undefined : 'the admin changed which channels go out';
  }

  /** What the admin allows; the server's own rate may be lower. */
  get maxRate(): SampleRate {
    return this.#maxRate;
  }

  /** The server's own step. */
  changeRate(rate: SampleRate): void {
    this.#options.store.saveSampleRate(rate);
    this.#read();
  }

  #read(): void {
    const { store } = this.#options;
    this.#settings = store.consoleSettings();
    this.#maxRate = store.maxSampleRate();
  }

  #check(changes: Partial<ConsoleSettings>): void {
    if (changes.device !== undefined && this.isDeviceFromFile) {
      throw new StateError(
        'The device is set in the configuration file (console.device). Change it there.',
        { code: 'set_in_file' },
      );
    }
    const { jitter_interpolate_ms, jitter_drop_ms } = changes;
    if (jitter_interpolate_ms === undefined && jitter_drop_ms === undefined) return;
    const interpolate = jitter_interpolate_ms ?? this.#settings.jitter_interpolate_ms;
    const drop = jitter_drop_ms ?? this.#settings.jitter_drop_ms;
    if (interpolate <= drop) return;
    throw new InputError(
      `jitter_interpolate_ms must not be above jitter_drop_ms, and ${interpolate} is above ${drop}.`,
    );
  }
}

function mappedOf(channels: readonly ConsoleChannel[]): readonly ConsoleChannel[] {
  return channels.filter(({ mapped }) => mapped);
}
