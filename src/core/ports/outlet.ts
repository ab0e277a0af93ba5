// Where one subscriber's packets go: a WebRTC peer, an RTSP session, a fragmented MP4.

export interface Outlet {
  /**
   * Takes one whole RTP packet. Its first 12 bytes are shared with other viewers and are not this
   * viewer's: `first` (marker, payload type and sequence number as `0x00MPSSSS`), `timestamp` and
   * `ssrc` are. The bytes belong to the track's ring: read or copy them before returning, or write
   * the header into them just before they are sent.
   */
  add(packet: Uint8Array, first: number, timestamp: number, ssrc: number): void;
  /** Takes one compound RTCP packet about this subscriber: the sender report. */
  addReport(packet: Uint8Array): void;
  /** What was added since the last call belongs together and may go. */
  flush(): void;
}
