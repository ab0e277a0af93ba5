// The seam to the WebRTC engine: ICE, DTLS and SRTP for peers, nothing else. SDP, RTCP,
// retransmission and statistics are ours, so that another engine can stand here.

/** The transport part of one side's session description (RFC 8829 §5.3). */
interface IceParameters {
  readonly ufrag: string;
  readonly pwd: string;
}

export interface RemoteTransport extends IceParameters {
  /** `sha-256 AB:CD:…` */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'active' | 'passive';
  /** Candidate attributes without `a=`. */
  readonly candidates: readonly string[];
}

export interface LocalTransport extends IceParameters {
  readonly fingerprint: string;
  readonly setup: 'active' | 'passive';
  /** All of them: there is no trickling from our side. */
  readonly candidates: readonly string[];
}

export type PeerState = 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface PeerEvents {
  onState(state: PeerState): void;
  /** One (compound) RTCP packet from the peer, decrypted. Valid only during the call. */
  onRtcp(packet: Uint8Array): void;
  /**
   * One RTP packet from the peer, decrypted, whatever its SSRC. Valid only during the call. Only who
   * has this may send more than a viewer's few packets a second.
   */
  onRtp?(packet: Uint8Array): void;
}

/** How the packets travel, as far as the engine knows. */
export interface PeerPath {
  readonly protocol: 'udp' | 'tcp';
  readonly local: string;
  readonly remote: string;
}

export interface Peer {
  readonly id: string;
  readonly local: LocalTransport;
  addCandidate(candidate: string): void;
  /** Sends one compound RTCP packet. */
  sendRtcp(packet: Uint8Array): void;
  path(): PeerPath | undefined;
  /** Packets that the engine refused. */
  readonly sendFailures: number;
  /** Idempotent. No event follows it. */
  close(): void;
}

/**
 * Rows of (packet × peer), sent in one call. Packets are shared between rows: the engine writes
 * each row's header into the shared bytes just before it sends them.
 *
 * The arrays are reused from call to call, so that a row costs no allocation.
 */
export interface SendBatch {
  length: number;
  readonly peers: Peer[];
  /** Whole RTP packets; the first 12 bytes are overwritten by the row's header. */
  readonly packets: Uint8Array[];
  /** Three words a row: marker, payload type and sequence number (as `0x00MPSSSS`), timestamp, SSRC. */
  readonly headers: Uint32Array;
}

export interface PeerTransport {
  open(id: string, remote: RemoteTransport, events: PeerEvents): Promise<Peer>;
  /** Synchronous; the bytes are copied before it returns. A row that fails is counted at its peer. */
  send(batch: SendBatch): void;
  /** Closes all peers and the sockets. */
  close(): Promise<void>;
}
