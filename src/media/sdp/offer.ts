// What a browser offers, from its session description (RFC 8829 §5.8, bundling RFC 9143 §7).

import { type OfferedCodec, readCodecs } from './offered-codecs.ts';
import { type OfferedTransport, readTransport } from './offered-transport.ts';
import {
  attribute,
  attributes,
  invalidSdp,
  parseSdp,
  type SdpMedia,
  type SdpSession,
} from './session.ts';

const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
const KINDS = ['video', 'audio', 'application'] as const;
/** Browsers count from 0; the header extension for it has 16 bytes (RFC 9143 §15.1). */
const MID = /^[\w!#$%&'*+.^`{|}~-]{1,32}$/;

export interface Offer {
  readonly media: readonly OfferedMedia[];
  /** The mids that share the transport; empty if nothing is bundled. */
  readonly bundle: readonly string[];
  readonly transport: OfferedTransport;
}

export interface OfferedMedia {
  readonly kind: (typeof KINDS)[number] | 'other';
  readonly mid: string;
  readonly direction: (typeof DIRECTIONS)[number];
  /** Port 0: the offerer has stopped it. The answer must keep its place. */
  readonly rejected: boolean;
  readonly rtcpMux: boolean;
  readonly codecs: readonly OfferedCodec[];
  readonly extensions: readonly { readonly id: number; readonly uri: string }[];
  /** The offerer sends its reference time and wants DLRR blocks back (RFC 3611 §5.1). */
  readonly receiverRtt: boolean;
  /** As it stands in the offer. */
  readonly section: SdpMedia;
}

/** Throws `invalid_sdp`. */
export function readOffer(sdp: string): Offer {
  const session = parseSdp(sdp);
  const defaults = readDefaults(session);
  const media = session.media.map((section) => readOfferedMedia(section, defaults));
  const bundle = readBundle(session);
  checkMids(media);
  checkMultiplexing(media, bundle);
  const tagged = findTagged(media, bundle);
  return { media, bundle, transport: readTransport(session, tagged.section) };
}

interface SessionDefaults {
  readonly direction: OfferedMedia['direction'];
  readonly extendedReports: string;
}

/** What the session says for sections that don't: looked up once, as a session may be long. */
function readDefaults(session: SdpSession): SessionDefaults {
  return {
    direction: readDirection(session) ?? 'sendrecv',
    extendedReports: attribute(session, 'rtcp-xr') ?? '',
  };
}

function readOfferedMedia(section: SdpMedia, defaults: SessionDefaults): OfferedMedia {
  const bundleOnly = attribute(section, 'bundle-only') !== undefined;
  const reports = attribute(section, 'rtcp-xr') ?? defaults.extendedReports;
  return {
    kind: KINDS.find((kind) => kind === section.kind) ?? 'other',
    mid: attribute(section, 'mid') ?? '',
    direction: readDirection(section) ?? defaults.direction,
    rejected: section.port === 0 && !bundleOnly,
    rtcpMux: attribute(section, 'rtcp-mux') !== undefined,
    codecs: readCodecs(section),
    extensions: readExtensions(section),
    receiverRtt: reports.split(' ').some((format) => format.startsWith('rcvr-rtt')),
    section,
  };
}

function readDirection(
  section: Pick<SdpMedia, 'attributes'>,
): OfferedMedia['direction'] | undefined {
  return DIRECTIONS.find((direction) => attribute(section, direction) !== undefined);
}

/** `<id>[/<direction>] <uri> …` (RFC 8285 §8). */
function readExtensions(section: SdpMedia): { id: number; uri: string }[] {
  return attributes(section, 'extmap').flatMap((value) => {
    const [, id, uri] = /^(\d{1,4})(?:\/[a-z]+)? +(\S+)/.exec(value) ?? [];
    return uri === undefined ? [] : { id: Number(id), uri };
  });
}

/** The first group: one transport is all that a viewer needs. */
function readBundle(session: SdpSession): string[] {
  const group = attributes(session, 'group').find((value) => /^BUNDLE(?: |$)/.test(value));
  return group?.split(/\s+/).slice(1) ?? [];
}

function checkMids(media: readonly OfferedMedia[]): void {
  const mids = media.map((each) => each.mid);
  const wrong = mids.find((mid, index) => !MID.test(mid) || mids.indexOf(mid) !== index);
  if (wrong === undefined) return;
  throw invalidSdp(
    `the a=mid "${wrong.slice(0, 40)}" of a media section is missing, not valid or there twice. ` +
      'Send the offer of an RTCPeerConnection, unchanged',
  );
}

function checkMultiplexing(media: readonly OfferedMedia[], bundle: readonly string[]): void {
  const live = media.filter((each) => !each.rejected);
  const alone = live.find((each) => !bundle.includes(each.mid));
  if (alone && live.length > 1) {
    throw invalidSdp(
      `media section "${alone.mid}" is not in a=group:BUNDLE, and there is one transport for all. ` +
        'Use bundlePolicy "max-bundle"',
    );
  }
  const split = live.find((each) => !each.rtcpMux && each.kind !== 'application');
  if (split) {
    throw invalidSdp(
      `media section "${split.mid}" has no a=rtcp-mux, and RTCP has no port of its own here. ` +
        'Use rtcpMuxPolicy "require"',
    );
  }
}

/** The section whose transport is the one of the bundle (RFC 9143 §7.2). */
function findTagged(media: readonly OfferedMedia[], bundle: readonly string[]): OfferedMedia {
  const live = media.filter((each) => !each.rejected);
  const bundled = bundle.map((mid) => live.find((each) => each.mid === mid));
  const tagged = bundled.find((each) => each !== undefined) ?? live[0];
  if (tagged) return tagged;
  throw invalidSdp('every media section has port 0. Offer at least one that receives');
}
