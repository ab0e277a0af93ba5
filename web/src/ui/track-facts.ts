// What a camera sends, track by track, as label and value for people.

import type { TrackView } from '#contract/streams.ts';
import { formatBitrate, formatCount, formatPercent } from './format.ts';
import type { Words } from './words.ts';

interface Fact {
  readonly label: string;
  readonly value: string;
  /** Somebody should look at it. */
  readonly bad: boolean;
}

/** Above this, people see it. */
const NOTICEABLE_LOSS_PERCENT = 1;
/** Who joins between two key frames waits for the next one, or gets all frames since the last. */
const LONG_GOP_SECONDS = 5;

export function listTrackFacts(track: TrackView, words: Words['why']): readonly Fact[] {
  const facts = track.kind === 'video' ? videoFacts(track, words) : audioFacts(track, words);
  return [...facts, ...pathFacts(track, words)].filter(({ value }) => value !== '');
}

function videoFacts(track: TrackView, words: Words['why']): Fact[] {
  const gopSeconds = gopOf(track);
  return [
    good(words.video, codecOf(track)),
    good(words.size, track.width && track.height ? `${track.width} × ${track.height}` : ''),
    good(words.frameRate, track.frameRate === null ? '' : `${round(track.frameRate)} fps`),
    {
      label: words.keyFrames,
      value: gopSeconds === null ? '' : `${round(gopSeconds)} s`,
      bad: (gopSeconds ?? 0) > LONG_GOP_SECONDS,
    },
    {
      label: words.reorders,
      value: describeReorders(track, words),
      bad: track.reorders === true,
    },
  ];
}

/** `H264 High 4.1`, as the parameter sets say. */
function codecOf({ codec, profile, level }: TrackView): string {
  return [codec, profile, level].filter((part) => part).join(' ');
}

/** From one key frame to the next; null while it is not known. */
function gopOf({ gopFrames, frameRate }: TrackView): number | null {
  return gopFrames && frameRate ? gopFrames / frameRate : null;
}

function describeReorders({ reorders }: TrackView, words: Words['why']): string {
  if (reorders === null) return '';
  return reorders ? words.reordersYes : words.reordersNo;
}

function audioFacts({ codec, clockRate, channels }: TrackView, words: Words['why']): Fact[] {
  const parts = [codec, `${clockRate / 1_000} kHz`, channels === null ? '' : `${channels} ch`];
  return [good(words.audio, parts.filter((part) => part).join(' · '))];
}

function pathFacts(track: TrackView, words: Words['why']): Fact[] {
  const expected = track.packets + track.lostPackets;
  const lossPercent = expected === 0 ? 0 : (100 * track.lostPackets) / expected;
  const loss = `${formatPercent(lossPercent)} (${formatCount(track.lostPackets)})`;
  return [
    good(words.bitrate, formatBitrate(track.bitrateKbps)),
    { label: words.loss, value: loss, bad: lossPercent >= NOTICEABLE_LOSS_PERCENT },
    good(words.mended, describeFaults(track.faults, words)),
  ];
}

/** A kind that has no word yet is shown by its name. */
function describeFaults(faults: TrackView['faults'], words: Words['why']): string {
  const names: Readonly<Record<string, string>> = words.faults;
  const found = Object.entries(faults).filter(([, count]) => count > 0);
  if (found.length === 0) return words.nothing;
  return found.map(([kind, count]) => `${names[kind] ?? kind}: ${formatCount(count)}`).join(', ');
}

function good(label: string, value: string): Fact {
  return { label, value, bad: false };
}

function round(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0).replace(/\.0$/, '');
}
