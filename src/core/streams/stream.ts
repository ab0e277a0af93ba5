// One stream: its profiles, what is converted from them, and how it stands as a whole.

import type { StreamView } from '#contract/streams.ts';
import type { Converter } from '#core/ports/converter.ts';
import { Conversions } from './conversions.ts';
import { Profile, type ProfileName, type ProfileRules, type ProfileSpec } from './profile.ts';
import { viewStream } from './stream-view.ts';
import type { Track } from './track.ts';

export interface StreamSpec {
  readonly id: string;
  readonly name: string;
  /** Shown as it is: where it was set, and how, without secrets. */
  readonly origin: StreamView['origin'];
  readonly settings: StreamView['settings'];
  readonly enabled: boolean;
  /** Whether tracks may be converted for those who cannot play them. */
  readonly transcode: boolean;
  /** The main one first. */
  readonly profiles: readonly ProfileSpec[];
}

interface StreamOptions extends ProfileRules {
  readonly spec: StreamSpec;
  readonly converter: Converter;
  readonly onState: (stream: Stream, profile: Profile) => void;
  /** These tracks are no more: their viewers have to choose anew. */
  readonly onGone: (stream: Stream, tracks: readonly Track[], reason: string) => void;
}

export class Stream {
  readonly conversions: Conversions;
  readonly #options: StreamOptions;
  readonly #profiles = new Map<ProfileName, Profile>();
  /** When it was configured, on the wall clock. */
  readonly sinceMs: number;
  #spec: StreamSpec;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#spec = options.spec;
    this.sinceMs = options.clock.wallMs();
    const { clock, converter, flush } = options;
    const onGone = (tracks: readonly Track[], reason: string) => this.#handleGone(tracks, reason);
    this.conversions = new Conversions({ clock, converter, flush, onGone });
    this.#addProfiles();
  }

  get id(): string {
    return this.#spec.id;
  }

  get spec(): StreamSpec {
    return this.#spec;
  }

  /** The main one first; none while the stream is disabled. */
  get profiles(): readonly Profile[] {
    return [...this.#profiles.values()];
  }

  profile(name: ProfileName): Profile | undefined {
    return this.#profiles.get(name);
  }

  /** Whose state is the stream's. */
  get main(): Profile | undefined {
    return this.#profiles.get('main');
  }

  get tracks(): readonly Track[] {
    const ready = this.main?.tracks.length ? this.main : this.profile('sub');
    return ready?.tracks ?? [];
  }

  /** Whether this is one of its tracks, or made of one, and not of the past. */
  has(track: Track): boolean {
    return (
      this.profiles.some(({ tracks }) => tracks.includes(track)) ||
      this.conversions.all.some(({ output }) => output === track)
    );
  }

  /** Takes other settings; what they do not touch goes on. */
  async configure(spec: StreamSpec): Promise<void> {
    this.#spec = spec;
    const wanted = spec.enabled ? spec.profiles : [];
    const unwanted = this.profiles.filter(
      (profile) => !wanted.some(({ name }) => name === profile.name),
    );
    for (const { name } of unwanted) this.#profiles.delete(name);
    for (const each of wanted) this.profile(each.name)?.configure(each);
    this.#addProfiles();
    const reason = spec.enabled ? 'its settings were changed' : 'the stream was disabled';
    await Promise.all(unwanted.map((profile) => profile.close(reason)));
  }

  /** Called once a second. */
  tick(nowMs: number): void {
    for (const profile of this.#profiles.values()) profile.tick(nowMs);
    this.conversions.tick(nowMs);
  }

  /** Tries all profiles at once, whatever happened before. */
  retry(): void {
    for (const profile of this.#profiles.values()) profile.retry();
  }

  view(viewers: number): StreamView {
    return viewStream(this, viewers);
  }

  async close(reason: string): Promise<void> {
    const profiles = this.profiles;
    this.#profiles.clear();
    await Promise.all([
      this.conversions.close(reason),
      ...profiles.map((profile) => profile.close(reason)),
    ]);
  }

  #addProfiles(): void {
    if (!this.#spec.enabled) return;
    const { clock, gate, random, flush } = this.#options;
    for (const spec of this.#spec.profiles) {
      if (this.#profiles.has(spec.name)) continue;
      const profile = new Profile({
        spec,
        clock,
        gate,
        random,
        flush,
        onState: (changed) => this.#options.onState(this, changed),
        onGone: (tracks, reason) => this.#handleGone(tracks, reason),
      });
      this.#profiles.set(spec.name, profile);
      profile.start();
    }
  }

  #handleGone(tracks: readonly Track[], reason: string): void {
    this.conversions.drop(tracks, reason);
    this.#options.onGone(this, tracks, reason);
  }
}
