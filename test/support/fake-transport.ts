// A peer transport that keeps what it is told to send, for tests of the rules.

import type {
  Peer,
  PeerEvents,
  PeerPath,
  PeerTransport,
  RemoteTransport,
  SendBatch,
} from '#core/ports/peer-transport.ts';
import {
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
  writeWord,
} from '#media/rtp/header.ts';
import { ClosedError } from '#std/errors.ts';

export interface SentPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly marker: boolean;
  readonly bytes: Uint8Array;
}

export class FakePeer implements Peer {
  readonly id: string;
  readonly events: PeerEvents;
  readonly remote: RemoteTransport | undefined;
  readonly sent: SentPacket[] = [];
  readonly rtcp: Uint8Array[] = [];
  readonly candidates: string[] = [];
  readonly local = {
    ufrag: 'ours',
    pwd: 'ourpasswordourpassword',
    fingerprint: 'sha-256 AB',
    setup: 'active' as const,
    candidates: ['candidate:1 1 UDP 2130706431 127.0.0.1 8189 typ host'],
  };
  sendFailures = 0;
  closed = false;

  constructor(id = 'peer', events?: PeerEvents, remote?: RemoteTransport) {
    this.id = id;
    this.events = events ?? { onState: () => {}, onRtcp: () => {} };
    this.remote = remote;
  }

  addCandidate(candidate: string): void {
    this.candidates.push(candidate);
  }

  sendRtcp(packet: Uint8Array): void {
    if (!this.closed) this.rtcp.push(packet.slice());
  }

  path(): PeerPath | undefined {
    if (this.closed) return undefined;
    return { protocol: 'udp', local: '127.0.0.1:8189', remote: '127.0.0.1:50000' };
  }

  close(): void {
    this.closed = true;
  }
}

export class FakeTransport implements PeerTransport {
  readonly peers: FakePeer[] = [];
  calls = 0;
  /** Set to delay or fail `open`. */
  beforeOpen: () => Promise<void> = () => Promise.resolve();

  #closed = false;

  async open(id: string, remote: RemoteTransport, events: PeerEvents): Promise<Peer> {
    await this.beforeOpen();
    if (this.#closed) throw new ClosedError('The transport is closed.');
    const peer = new FakePeer(id, events, remote);
    this.peers.push(peer);
    return peer;
  }

  send(batch: SendBatch): void {
    this.calls++;
    for (let row = 0; row < batch.length; row++) {
      const packet = batch.packets[row]!;
      const [first, timestamp, ssrc] = batch.headers.subarray(row * 3, row * 3 + 3);
      packet[1] = first! >>> 16;
      packet[2] = first! >>> 8;
      packet[3] = first!;
      writeWord(packet, 4, timestamp!);
      writeWord(packet, 8, ssrc!);
      const peer = batch.peers[row] as FakePeer;
      if (!peer.closed) peer.sent.push(keep(packet));
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const peer of this.peers) peer.close();
    return Promise.resolve();
  }
}

function keep(packet: Uint8Array): SentPacket {
  return {
    sequence: readSequence(packet),
    timestamp: readTimestamp(packet),
    ssrc: readSsrc(packet),
    payloadType: readPayloadType(packet),
    marker: readMarker(packet),
    bytes: packet.slice(),
  };
}
