// The initialization segment of a live MP4 (ISO 14496-12 §8): what is in it, and no samples.
//
//   ftyp
//   moov ┬ mvhd
//        ├ trak ┬ tkhd                       one for each track
//        │      └ mdia ┬ mdhd, hdlr
//        │             └ minf ┬ vmhd or smhd, dinf
//        │                    └ stbl ─ stsd (the codec), and four empty tables
//        └ mvex ─ trex                       one for each track: samples come in fragments

import { box, fullBox, u16, u32, zeros } from './box.ts';
import { isVideo, type Mp4Track } from './mp4-track.ts';
import { sampleEntry } from './sample-entry.ts';
import { readVideoSets } from './video-sets.ts';

/** Unknown: it has no end. */
const DURATION = 0;
/** Of the movie itself, whose times nobody uses. */
const MOVIE_TIMESCALE = 1000;
/** 1.0 in fixed point: 16.16, and 2.30 in a matrix's last column. */
const ONE = 0x1_0000;
const MATRIX = u32(ONE, 0, 0, 0, ONE, 0, 0, 0, 0x4000_0000);
const FULL_VOLUME = 0x100;
/** §8.3.1: enabled, in the movie. */
const TRACK_FLAGS = 3;
/** "und": three letters of five bits each (§8.4.2). */
const LANGUAGE_UNDETERMINED = 0x55c4;
/** §8.7.2: the samples are in this file. */
const SELF_CONTAINED = 1;

export function writeInit(tracks: readonly Mp4Track[]): Uint8Array {
  const brands = new TextEncoder().encode('iso6iso5iso6mp41');
  // Major brand, minor version, compatible brands. iso5 brought what data offsets count from here.
  const fileType = box('ftyp', brands.subarray(0, 4), u32(0), brands.subarray(4));
  const movie = box(
    'moov',
    movieHeader(tracks),
    ...tracks.map(track),
    box('mvex', ...tracks.map(({ id }) => fullBox('trex', 0, u32(id, 1, 0, 0, 0)))),
  );
  const segment = new Uint8Array(fileType.length + movie.length);
  segment.set(fileType);
  segment.set(movie, fileType.length);
  return segment;
}

function movieHeader(tracks: readonly Mp4Track[]): Uint8Array {
  const nextId = Math.max(0, ...tracks.map(({ id }) => id)) + 1;
  const times = u32(0, 0, MOVIE_TIMESCALE, DURATION);
  const rest = [...u16(FULL_VOLUME), ...zeros(10), ...MATRIX, ...zeros(24), ...u32(nextId)];
  return fullBox('mvhd', 0, times, u32(ONE), rest);
}

function track(mp4Track: Mp4Track): Uint8Array {
  return box('trak', trackHeader(mp4Track), media(mp4Track));
}

function trackHeader(mp4Track: Mp4Track): Uint8Array {
  const size = isVideo(mp4Track) ? readVideoSets(mp4Track) : { width: 0, height: 0 };
  return fullBox(
    'tkhd',
    TRACK_FLAGS,
    u32(0, 0, mp4Track.id, 0, DURATION, 0, 0),
    u16(0, 0, isVideo(mp4Track) ? 0 : FULL_VOLUME, 0),
    MATRIX,
    u32(size.width * ONE, size.height * ONE),
  );
}

function media(mp4Track: Mp4Track): Uint8Array {
  const video = isVideo(mp4Track);
  const handler = new TextEncoder().encode(video ? 'vide' : 'soun');
  return box(
    'mdia',
    fullBox('mdhd', 0, u32(0, 0, mp4Track.timescale, DURATION), u16(LANGUAGE_UNDETERMINED, 0)),
    fullBox('hdlr', 0, u32(0), handler, zeros(12), [0]),
    box(
      'minf',
      video ? fullBox('vmhd', 1, zeros(8)) : fullBox('smhd', 0, zeros(4)),
      box('dinf', fullBox('dref', 0, u32(1), fullBox('url ', SELF_CONTAINED))),
      sampleTable(mp4Track),
    ),
  );
}

function sampleTable(mp4Track: Mp4Track): Uint8Array {
  return box(
    'stbl',
    fullBox('stsd', 0, u32(1), sampleEntry(mp4Track)),
    fullBox('stts', 0, u32(0)),
    fullBox('stsc', 0, u32(0)),
    fullBox('stsz', 0, u32(0, 0)),
    fullBox('stco', 0, u32(0)),
  );
}
