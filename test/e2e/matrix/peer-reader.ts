// A peer with a browser's offer, watching a stream by WHEP; ffmpeg decodes what it was sent.

import { readMarker, readTimestamp } from '#media/rtp/header.ts';
import { Depacketizer } from '#media/video/depacketizer.ts';
import { until } from '../../support/until.ts';
import { digestUnits, findStrangers } from './frame-digests.ts';
import { countGaps, OfferingPeer } from './offering-peer.ts';
import type { Receipt } from './receipt.ts';

interface PeerRequest {
  readonly url: string;
  readonly id: string;
  /** Whose: one of test/fixtures/offers. */
  readonly offer: string;
  readonly frames: number;
  readonly soundPackets: number;
  readonly withinMs: number;
  /** The digests of the clip that is expected. */
  readonly loop: readonly string[];
}

export async function readByPeer(request: PeerRequest): Promise<Receipt> {
  const { url, id, offer, frames, soundPackets, withinMs, loop } = request;
  const peer = new OfferingPeer(id, offer);
  try {
    const response = await fetch(`${url}/whep/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', 'user-agent': offer },
      body: await peer.offer(),
    });
    const answer = await response.text();
    if (!response.ok) return { refusal: JSON.parse(answer) as NonNullable<Receipt['refusal']> };
    peer.accept(answer);
    const enough = () =>
      peer.video.filter(readMarker).length >= frames && peer.audio.length >= soundPackets;
    await until(enough, { what: `enough of ${id}`, withinMs });
    const words = await wordsFor(`${url}/api/v1/streams/${id}/viewers`, offer);
    await fetch(new URL(response.headers.get('location') ?? '', url), { method: 'DELETE' });
    return { ...(await readReceipt(peer, loop)), words };
  } finally {
    peer.close();
  }
}

async function wordsFor(url: string, name: string): Promise<string | undefined> {
  const { viewers } = (await (await fetch(url)).json()) as {
    viewers: { readonly userAgent: string | null; readonly choice: string }[];
  };
  return viewers.find(({ userAgent }) => userAgent === name)?.choice;
}

async function readReceipt(peer: OfferingPeer, loop: readonly string[]): Promise<Receipt> {
  const { video, audio } = peer;
  const codec = peer.codecOf('video');
  const encoding = codec === 'H265' ? 'H265' : 'H264';
  const digests = await digestUnits(encoding, unitsOf(video, encoding));
  const heard = { codec: peer.codecOf('audio'), frames: audio.length, lost: countGaps(audio) };
  const torn = countTorn(video);
  return {
    video: { codec, frames: digests.length, lost: countGaps(video) },
    audio: audio.length > 0 ? { ...heard, sounds: undefined } : undefined,
    faults: [
      ...findStrangers(digests, loop),
      ...(torn > 0 ? [`${torn} frames stop in their midst`] : []),
    ],
  };
}

/** The NAL units of whole frames. */
function unitsOf(packets: readonly Uint8Array[], codec: 'H264' | 'H265'): Uint8Array[] {
  const units: Uint8Array[] = [];
  let depacketizer = new Depacketizer(codec);
  for (const [at, packet] of packets.entries()) {
    if (startsFrame(packets, at)) depacketizer = new Depacketizer(codec);
    const frame = depacketizer.push(packet, readMarker(packet), readTimestamp(packet));
    if (frame) units.push(...frame.units);
  }
  return units;
}

/** Frames after whose last packet another one begins although that packet had no marker. */
function countTorn(packets: readonly Uint8Array[]): number {
  return packets.filter((_, at) => {
    const before = packets[at - 1];
    return before !== undefined && startsFrame(packets, at) && !readMarker(before);
  }).length;
}

function startsFrame(packets: readonly Uint8Array[], at: number): boolean {
  const [before, packet] = [packets[at - 1], packets[at]];
  return !before || !packet || readTimestamp(before) !== readTimestamp(packet);
}
