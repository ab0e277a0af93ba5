// Media Source Extensions of this browser: the managed kind of iPhones, the usual one elsewhere, or none.

type Codec = 'H264' | 'H265' | 'AAC' | 'opus';

/** One string of RFC 6381 for each codec; who plays these plays the usual profiles. */
const PROBES: readonly (readonly [codec: Codec, mime: string])[] = [
  ['H264', 'video/mp4; codecs="avc1.640028"'],
  ['H265', 'video/mp4; codecs="hvc1.1.6.L120.B0"'],
  ['AAC', 'audio/mp4; codecs="mp4a.40.2"'],
  ['opus', 'audio/mp4; codecs="opus"'],
];

type SourceClass = typeof MediaSource;

/** Undefined where the browser has none. */
export function mediaSourceClass(): SourceClass | undefined {
  const { ManagedMediaSource } = globalThis as { ManagedMediaSource?: SourceClass };
  return ManagedMediaSource ?? globalThis.MediaSource;
}

/** What the medium may be coded with; none where MSE cannot be used. */
export function playableCodecs(): Codec[] {
  const source = mediaSourceClass();
  if (!source) return [];
  return PROBES.filter(([, mime]) => source.isTypeSupported(mime)).map(([codec]) => codec);
}
