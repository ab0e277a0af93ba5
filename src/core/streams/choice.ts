// Which profile of a stream a viewer gets, as it is or converted, or why none (PRODUCT 1.3).

import { InputError, UnavailableError } from '#std/errors.ts';
import { ConvertedTrack } from './converted-track.ts';
import { describeTrack, remedyFor } from './fitting.ts';
import type { Demand, Profile, ProfileName } from './profile.ts';
import type { Stream } from './stream.ts';
import type { Track } from './track.ts';

/** A camera answers within a second and sends a key frame within a few; after that, say so. */
const READY_WITHIN_MS = 8_000;
/** An ffmpeg starts within half a second; the key frame before it is at hand. */
const CONVERTED_WITHIN_MS = 6_000;

export interface Choice {
  readonly video: Track | undefined;
  readonly audio: Track | undefined;
  readonly profile: ProfileName;
  /** Why this, in words. */
  readonly words: string;
  /** What must be released when the viewer leaves. */
  readonly demands: readonly Demand[];
}

/** What a viewer can take. */
export interface Wish {
  /** Tried first. */
  readonly first: ProfileName;
  takes(kind: 'video' | 'audio'): boolean;
  /** Why this track does not fit, to be read after "it sends H265, "; undefined if it does. */
  misfit(track: Track): string | undefined;
  /** Whether a conversion to this would do; not begun if it would not. */
  takesCodec(codec: 'H264' | 'opus'): boolean;
  /** What it can take, in words. */
  readonly offers: string;
}

/** Throws `stream_not_ready` or `codec_refused`. */
export function choose(stream: Stream, wish: Wish): Promise<Choice> {
  return new Chooser(stream, wish).choose();
}

class Chooser {
  readonly #stream: Stream;
  readonly #wish: Wish;
  /** Of what was tried, until it is known which of it is taken. */
  readonly #held = new Map<Profile | ConvertedTrack, Demand>();
  /** Why what was looked at before does not do. */
  readonly #words: string[] = [];

  constructor(stream: Stream, wish: Wish) {
    this.#stream = stream;
    this.#wish = wish;
  }

  async choose(): Promise<Choice> {
    try {
      return await this.#tryAll();
    } finally {
      for (const demand of this.#held.values()) demand.release();
    }
  }

  async #tryAll(): Promise<Choice> {
    const unfit: Profile[] = [];
    const awkward: Profile[] = [];
    for (const profile of this.#inOrder()) {
      if (!(await this.#open(profile))) continue;
      const fits = this.#fits(profile);
      if (fits && !profile.video?.reorders) return this.#take(profile, profile.video);
      (fits ? awkward : unfit).push(profile);
    }
    // Pictures out of order stutter in every browser: converted they do not.
    for (const profile of [...awkward, ...unfit]) {
      const converted = await this.#convertVideo(profile);
      if (converted) return this.#take(profile, converted);
    }
    const [last] = awkward;
    if (last) return this.#take(last, last.video);
    throw unfit.length > 0 ? this.#refusal(unfit) : this.#notReady();
  }

  #inOrder(): readonly Profile[] {
    const first = this.#stream.profile(this.#wish.first);
    const others = this.#stream.profiles.filter((profile) => profile !== first);
    return first ? [first, ...others] : others;
  }

  async #open(profile: Profile): Promise<boolean> {
    this.#held.set(profile, profile.demand());
    if (await profile.waitReady(READY_WITHIN_MS)) return true;
    // A sentence becomes a part of one.
    const why = profile.reason ? `: ${profile.reason.replace(/[.?!]$/, '')}` : '';
    this.#words.push(`${profile.name} is ${profile.state}${why}`);
    this.#release(profile);
    return false;
  }

  /** Whether the picture can be sent as it is; a stream without one fits everybody. */
  #fits({ name, video }: Profile): boolean {
    if (!video || !this.#wish.takes('video')) return true;
    const misfit = this.#wish.misfit(video);
    if (misfit !== undefined) this.#say(`${name} sends ${describeTrack(video)}, ${misfit}`);
    return misfit === undefined;
  }

  async #convertVideo({ name, video }: Profile): Promise<Track | undefined> {
    if (!video || !this.#wish.takesCodec('H264')) return undefined;
    if (!this.#stream.spec.transcode) return undefined;
    const refusal = this.#stream.conversions.refusal(video, 'H264');
    if (refusal === undefined) return this.#convert(video, name);
    this.#say(`${name} cannot be converted: ${refusal}`);
    return undefined;
  }

  async #convert(from: Track, what: string): Promise<Track | undefined> {
    const conversion = this.#stream.conversions.of(from);
    this.#held.set(conversion, conversion.acquire());
    const track = await conversion.waitReady(CONVERTED_WITHIN_MS);
    const misfit = track && this.#wish.misfit(track);
    if (track && misfit === undefined) {
      this.#say(`${what} is converted to ${describeTrack(track)}`);
      return track;
    }
    this.#release(conversion);
    if (track) this.#say(`${what} could be converted to ${describeTrack(track)}, ${misfit}`);
    else this.#say(`${what} could not be converted: ${failureOf(conversion)}`);
    return undefined;
  }

  async #take(profile: Profile, video: Track | undefined): Promise<Choice> {
    const audio = await this.#chooseAudio(profile);
    const taken = this.#wish.takes('video') ? video : undefined;
    if (profile.tracks.length === 0) throw this.#notReady();
    if (!taken && !audio) throw this.#refusal([profile]);
    const sent = taken ? `${profile.name}: ${describeTrack(taken)}` : profile.name;
    const words = [...this.#words, `${sent} is sent`].join('; ');
    return { video: taken, audio, profile: profile.name, words, demands: this.#keep(profile) };
  }

  /** What the viewer needs from now on; the rest is released. */
  #keep(profile: Profile): Demand[] {
    const kept = [...this.#held].filter(([of]) => of === profile || of instanceof ConvertedTrack);
    for (const [of] of kept) this.#held.delete(of);
    return kept.map(([, demand]) => demand);
  }

  #release(of: Profile | ConvertedTrack): void {
    this.#held.get(of)?.release();
    this.#held.delete(of);
  }

  /** Sound that cannot be had is no reason to show no picture. */
  async #chooseAudio({ audio }: Profile): Promise<Track | undefined> {
    if (!audio || !this.#wish.takes('audio')) return undefined;
    if (this.#wish.misfit(audio) === undefined) return audio;
    if (!this.#wish.takesCodec('opus')) return undefined;
    const what = `the sound (${describeTrack(audio)})`;
    const refusal = this.#stream.conversions.refusal(audio, 'opus');
    if (refusal === undefined) return this.#convert(audio, what);
    this.#say(`${what} cannot be converted: ${refusal}`);
    return undefined;
  }

  #say(words: string): void {
    if (!this.#words.includes(words)) this.#words.push(words);
  }

  #notReady(): UnavailableError {
    const { id, spec, profiles } = this.#stream;
    const disabled = spec.enabled ? 'its settings were changed' : 'it is disabled: enable it';
    const why = this.#words.join('; ') || disabled;
    const isRefused = profiles.some(({ state }) => state === 'refused');
    const remedy = isRefused ? 'Correct its settings.' : 'Try again.';
    return new UnavailableError(`Stream "${id}" has nothing to show: ${why}. ${remedy}`, {
      code: 'stream_not_ready',
    });
  }

  #refusal(profiles: readonly Profile[]): InputError {
    const tracks = profiles.flatMap((profile) => profile.tracks).map(describeTrack);
    const words = this.#words.join('; ') || `it sends ${tracks.join(' and ')}`;
    const offers = this.#wish.offers || 'nothing';
    return new InputError(
      `Stream "${this.#stream.id}": ${words}; the viewer can receive ${offers}. ${remedyFor(tracks)}`,
      { code: 'codec_refused' },
    );
  }
}

function failureOf(conversion: ConvertedTrack): string {
  return conversion.reason ?? `it did not start within ${CONVERTED_WITHIN_MS / 1000} s`;
}
