// Which of a publisher's media are taken, and by which of the codecs that it offers.

import { describeCodecs } from './codec-choice.ts';
import type { OfferedMedia } from './offer.ts';
import type { OfferedCodec } from './offered-codecs.ts';
import { attribute } from './session.ts';

/** Constrained Baseline and High, by profile_idc and constraint_set1_flag: what every browser plays. */
const WIDELY_PLAYED = /^(42[4-7c-f]|64)/i;
/** A browser offers two sections; what is beyond need not be told. */
const MAX_IGNORED = 8;
const AUDIO_CODECS = ['opus/48000/2', 'pcmu/8000/1', 'pcma/8000/1'];

export interface PublishChoice {
  /** One for each offered section; undefined where it is not taken. */
  readonly codecs: readonly (OfferedCodec | undefined)[];
  /** What of it is not taken, and why, in words. */
  readonly ignored: readonly string[];
  /** Why nothing comes of it, if so: no medium can be taken, or not the picture. */
  readonly refusal: string | undefined;
}

/** One picture and one sound: the first of each that can be taken. */
export function choosePublished(media: readonly OfferedMedia[]): PublishChoice {
  const taken = new Set<string>();
  const ignored: string[] = [];
  const codecs = media.map((section) => {
    if (!sends(section)) return undefined;
    const codec = taken.has(section.kind) ? undefined : chooseCodec(section);
    if (!codec) ignored.push(describeIgnored(section, taken));
    else taken.add(section.kind);
    if (codec && attribute(section.section, 'simulcast') !== undefined) {
      ignored.push('simulcast: the first encoding is taken');
    }
    return codec;
  });
  const shown = ignored.slice(0, MAX_IGNORED);
  return { codecs, ignored: shown, refusal: findRefusal(media, { taken, ignored: shown }) };
}

function findRefusal(
  media: readonly OfferedMedia[],
  { taken, ignored }: { taken: ReadonlySet<string>; ignored: readonly string[] },
): string | undefined {
  const offered = media.filter(sends).map(({ kind }) => kind);
  if (offered.length === 0) return 'no section of it sends video or audio';
  if (taken.has('video') || (taken.has('audio') && !offered.includes('video'))) return undefined;
  return ignored.join('; ');
}

function sends({ kind, rejected, direction }: OfferedMedia): boolean {
  if (rejected || (kind !== 'video' && kind !== 'audio')) return false;
  return direction === 'sendonly' || direction === 'sendrecv';
}

function chooseCodec({ kind, codecs }: OfferedMedia): OfferedCodec | undefined {
  return kind === 'video' ? chooseVideo(codecs) : chooseAudio(codecs);
}

/** H.264 before H.265, which few browsers play; packets of a stream are of packetization mode 1. */
function chooseVideo(codecs: readonly OfferedCodec[]): OfferedCodec | undefined {
  const h264 = codecs.filter(
    (codec) => isVideo(codec, 'H264') && codec.parameters.get('packetization-mode') === '1',
  );
  const common = h264.find((codec) =>
    WIDELY_PLAYED.test(codec.parameters.get('profile-level-id') ?? ''),
  );
  return common ?? h264[0] ?? codecs.find((codec) => isVideo(codec, 'H265'));
}

function chooseAudio(codecs: readonly OfferedCodec[]): OfferedCodec | undefined {
  const names = codecs.map(
    ({ name, clockRate, channels }) => `${name.toLowerCase()}/${clockRate}/${channels}`,
  );
  const best = AUDIO_CODECS.find((name) => names.includes(name));
  return best === undefined ? undefined : codecs[names.indexOf(best)];
}

function isVideo(codec: OfferedCodec, name: string): boolean {
  return codec.name.toUpperCase() === name && codec.clockRate === 90_000;
}

function describeIgnored({ kind, codecs }: OfferedMedia, taken: ReadonlySet<string>): string {
  if (taken.has(kind)) return `${kind}: a second one`;
  const wanted = kind === 'video' ? 'H264 with packetization-mode=1, H265' : 'opus, PCMU, PCMA';
  return `${kind}: ${describeCodecs(codecs)}, not one of ${wanted}`;
}
