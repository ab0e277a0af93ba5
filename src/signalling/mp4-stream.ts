// One viewer's packets as a live MP4: an initialization segment, then a fragment for each frame.
//
// A frame is written when the next one tells how long it lasts: then no gap can arise, over which
// browsers stop. It costs the time of one frame, and of `REORDERED_FRAMES` more with B-frames.
//
// Both tracks are on one time line whose 0 is the first picture. Sender reports say where sound
// stands on it; later ones move it slowly, as two clocks drift apart. Sound before the first picture
// is left out.

import type { Outlet } from '#core/ports/outlet.ts';
import type { AudioFormat, TrackFormat, VideoFormat } from '#core/streams/track-format.ts';
import { codecString } from '#media/fmp4/codec-string.ts';
import { type Mp4Sample, writeFragment } from '#media/fmp4/fragment.ts';
import { writeInit } from '#media/fmp4/init-segment.ts';
import type { Mp4Track, VideoMp4Track } from '#media/fmp4/mp4-track.ts';
import { DecodeTimes } from './decode-times.ts';
import { SoundFeed, type SoundFrame } from './sound-feed.ts';
import { VideoFeed, type VideoFrame } from './video-feed.ts';

const VIDEO_ID = 1;
const SOUND_ID = 2;
/** What encoders with B-frames use at most in practice; a deeper order comes out with uneven times. */
const REORDERED_FRAMES = 4;
/** With each report, so each second: nobody hears it, and clocks differ by a tenth of that. */
const MAX_SOUND_SHIFT_SECONDS = 0.001;
/** Sound that far from its place was given another clock: it is moved at once. */
const SOUND_JUMP_SECONDS = 0.5;

interface Mp4Sink {
  /** What follows needs another beginning. */
  onInit(mime: string, segment: Uint8Array): void;
  onFragment(fragment: Uint8Array): void;
  /** The tracks cannot be written as MP4. Once; nothing follows. */
  onFailed(error: unknown): void;
}

interface Mp4StreamOptions {
  /** In the order of the viewer's tracks. */
  readonly formats: readonly TrackFormat[];
  /** Whether the picture has B-frames, as far as is known now. */
  readonly reorders: () => boolean;
  readonly sink: Mp4Sink;
}

/** What waits for the next frame, which ends it. */
interface Held<Frame> {
  readonly frame: Frame;
  /** In ticks since the track's first frame. */
  readonly decodedAt: number;
}

export class Mp4Stream {
  /** One for each track that can be carried. */
  readonly outlets: readonly (Outlet | undefined)[];
  readonly #options: Mp4StreamOptions;
  readonly #video: VideoFeed | undefined;
  readonly #sound: SoundFeed | undefined;
  #videoTrack: VideoMp4Track | undefined;
  readonly #soundTrack: Mp4Track | undefined;
  #decodeTimes = new DecodeTimes();
  /** Those without a decode time. */
  #frames: VideoFrame[] = [];
  #heldVideo: Held<VideoFrame> | undefined;
  #heldSound: Held<SoundFrame> | undefined;
  #videoTicks = -1;
  #soundTicks = -1;
  /** The first picture on the time line. */
  #origin: { readonly ticks: number; readonly timestamp: number } | undefined;
  /** From the sound's own ticks to those of the time line, and the report that it was last moved by. */
  #soundShift: number | undefined;
  #shiftedByReport = 0;
  #state: 'waiting' | 'begun' | 'failed' = 'waiting';
  #sequence = 0;

  constructor(options: Mp4StreamOptions) {
    this.#options = options;
    const { formats } = options;
    const video = formats.find((format) => format.kind === 'video');
    const sound = formats.find((format) => format.kind === 'audio');
    this.#video = video && new VideoFeed(video, (frame) => this.#takeVideo(frame));
    this.#sound = sound && new SoundFeed(sound, (frame) => this.#takeSound(frame));
    this.#videoTrack = video && videoTrack(video);
    this.#soundTrack = sound && soundTrack(sound);
    this.outlets = formats.map((format) => (format === video ? this.#video : this.#sound));
  }

  /** Pictures that did not come whole. */
  get damagedFrames(): number {
    return this.#video?.dropped ?? 0;
  }

  /** When the medium at time 0 was captured, in ms since 1970; undefined while no report has said so. */
  get startMs(): number | undefined {
    const clock = (this.#video ?? this.#sound)?.clock;
    return this.#origin && clock?.wallMsOf(this.#origin.timestamp);
  }

  /** What was written last was lost: goes on with another beginning, at the next key frame. */
  restart(): void {
    if (this.#state === 'begun') this.#state = 'waiting';
    this.#video?.restart();
    this.#sound?.restart();
    this.#decodeTimes = new DecodeTimes();
    this.#frames = [];
    this.#heldVideo = undefined;
    this.#heldSound = undefined;
  }

  #takeVideo(frame: VideoFrame): void {
    const reordered = this.#options.reorders() ? REORDERED_FRAMES : 0;
    this.#frames.push(frame);
    for (const ticks of this.#decodeTimes.push(frame.shownAt, reordered)) {
      const oldest = this.#frames.shift();
      if (oldest) this.#hold(oldest, ticks);
    }
  }

  #hold(frame: VideoFrame, ticks: number): void {
    const held = this.#heldVideo;
    // After a restart the cached picture may begin a little before what was sent.
    this.#videoTicks = Math.max(ticks, this.#videoTicks + 1);
    this.#heldVideo = { frame, decodedAt: this.#videoTicks };
    if (held) this.#writeVideo(held, this.#videoTicks);
    if (frame.isKey) this.#beginPicture(frame, this.#videoTicks);
  }

  #writeVideo({ frame, decodedAt }: Held<VideoFrame>, endsAt: number): void {
    const track = this.#videoTrack;
    if (this.#state !== 'begun' || !track || !this.#origin) return;
    const { units, isKey, shownAt } = frame;
    const sample = { units, isKey, duration: endsAt - decodedAt };
    this.#write(track, decodedAt - this.#origin.ticks, {
      ...sample,
      compositionOffset: shownAt - decodedAt,
    });
  }

  /** A key frame may come with other parameter sets than those that the viewer has. */
  #beginPicture({ parameterSets, timestamp }: VideoFrame, ticks: number): void {
    const track = this.#videoTrack;
    if (!track) return;
    const isNew = parameterSets.length > 0 && !sameUnits(track.parameterSets, parameterSets);
    if (this.#state === 'begun' && !isNew) return;
    if (isNew) this.#videoTrack = { ...track, parameterSets };
    this.#origin ??= { ticks, timestamp };
    this.#begin();
  }

  #takeSound(frame: SoundFrame): void {
    if (!this.#video && this.#state === 'waiting') {
      this.#origin ??= { ticks: frame.playedAt, timestamp: frame.timestamp };
      this.#begin();
    }
    const playedAt = this.#placeSound(frame);
    const track = this.#soundTrack;
    if (this.#state !== 'begun' || !track || playedAt === undefined) return;
    if (playedAt < 0 || playedAt <= this.#soundTicks) return;
    const held = this.#heldSound;
    this.#soundTicks = playedAt;
    this.#heldSound = { frame, decodedAt: playedAt };
    if (!held) return;
    const duration = playedAt - held.decodedAt;
    this.#write(track, held.decodedAt, { duration, isKey: true, units: [held.frame.bytes] });
  }

  /** Where this frame is on the time line; undefined while that cannot be said. */
  #placeSound({ playedAt, timestamp }: SoundFrame): number | undefined {
    if (!this.#video) return playedAt - (this.#origin?.ticks ?? 0);
    const clock = this.#sound?.clock;
    const rate = this.#soundTrack?.timescale ?? 1;
    if (clock && clock.reports !== this.#shiftedByReport) {
      const capturedMs = clock.wallMsOf(timestamp);
      if (capturedMs === undefined || this.startMs === undefined) return undefined;
      this.#shiftedByReport = clock.reports;
      const shift = ((capturedMs - this.startMs) * rate) / 1000 - playedAt;
      this.#soundShift = moveTowards(shift, this.#soundShift ?? shift, rate);
    }
    return this.#soundShift === undefined ? undefined : playedAt + this.#soundShift;
  }

  #begin(): void {
    const tracks = [this.#videoTrack, this.#soundTrack].filter((track) => track !== undefined);
    try {
      const type = this.#videoTrack ? 'video' : 'audio';
      const mime = `${type}/mp4; codecs="${tracks.map(codecString).join(',')}"`;
      this.#options.sink.onInit(mime, writeInit(tracks));
      this.#state = 'begun';
    } catch (error) {
      if (this.#state !== 'failed') this.#options.sink.onFailed(error);
      this.#state = 'failed';
    }
  }

  #write(track: Mp4Track, baseTime: number, sample: Mp4Sample): void {
    this.#sequence = (this.#sequence + 1) >>> 0;
    const { sink } = this.#options;
    sink.onFragment(
      writeFragment({ sequence: this.#sequence, track, baseTime, samples: [sample] }),
    );
  }
}

function videoTrack({ codec, clockRate, parameterSets }: VideoFormat): VideoMp4Track {
  return { id: VIDEO_ID, timescale: clockRate, codec, parameterSets };
}

function soundTrack(format: AudioFormat): Mp4Track {
  const track = { id: SOUND_ID, timescale: format.clockRate };
  if (format.codec === 'AAC') return { ...track, codec: 'AAC', config: format.config };
  return { ...track, codec: 'opus', channels: format.channels };
}

function sameUnits(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return one.length === other.length && one.every((unit, at) => sameBytes(unit, other[at]));
}

/** Without texts of them: a camera may send megabytes as sets. */
function sameBytes(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return one.length === other?.length && one.every((byte, at) => byte === other[at]);
}

/** From `shift` as far towards `wanted` as nobody hears, in whole ticks. */
function moveTowards(wanted: number, shift: number, rate: number): number {
  const error = wanted - shift;
  if (Math.abs(error) > SOUND_JUMP_SECONDS * rate) return Math.round(wanted);
  const most = MAX_SOUND_SHIFT_SECONDS * rate;
  return Math.round(shift + Math.min(most, Math.max(-most, error)));
}
