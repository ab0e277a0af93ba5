// The tracks of a session that plays: how each was asked for, and which channel is whose.

import type { CameraTrack } from '#media/sdp/camera-description.ts';
import { parseTransport, type RtspTransport, type TransportPair } from './transport-header.ts';

export interface ClientTrack extends CameraTrack {
  readonly url: string;
}

export interface SetUpTrack {
  readonly track: ClientTrack;
  /** What the camera says, or what it was asked for where it says nothing. */
  readonly transport: RtspTransport;
}

const CHANNELS = 256;
const NOBODY = -1;

export class ClientTracks {
  readonly list: SetUpTrack[] = [];
  /** Of each channel. */
  readonly #owners = new Int16Array(CHANNELS).fill(NOBODY);

  add(track: ClientTrack, transport: RtspTransport): void {
    const index = this.list.push({ track, transport }) - 1;
    const { interleaved } = transport;
    for (const channel of interleaved ?? []) {
      // Some cameras say 0-1 for every track: then the payload type tells.
      if (this.#owners[channel] === NOBODY) this.#owners[channel] = index;
    }
  }

  has(channel: number): boolean {
    return this.#owners[channel] !== NOBODY;
  }

  /** The track of a packet on this channel, or -1. */
  trackOf(channel: number, payloadType: number): number {
    const owner = this.#owners[channel] ?? NOBODY;
    if (owner === NOBODY || this.list[owner]?.track.payloadType === payloadType) return owner;
    const other = this.list.findIndex(({ track }) => track.payloadType === payloadType);
    return other === -1 ? owner : other;
  }
}

/** The first alternative that makes sense, filled up with what was asked for. */
export function agreedTransport(reply: string | undefined, asked: RtspTransport): RtspTransport {
  const [said] = parseTransport(reply ?? '');
  if (!said) return asked;
  const isInterleaved = said.lower === 'TCP' || said.interleaved !== undefined;
  if (!isInterleaved) return { ...asked, ...said };
  const interleaved = said.interleaved ?? asked.interleaved;
  return { ...said, lower: 'TCP', ...(interleaved && { interleaved }) };
}

export function askedTransport(index: number, ports: TransportPair | undefined): RtspTransport {
  return ports
    ? { lower: 'UDP', clientPort: ports }
    : { lower: 'TCP', interleaved: [index * 2, index * 2 + 1] };
}
