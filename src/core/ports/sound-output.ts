// What the sound engine needs of the world on the way out: Opus encoders and a socket.

/** One channel's encoder. */
export interface ChannelEncoder {
  /** The samples of one packet at 48 kHz. The result is the caller's. */
  encode(samples: Float32Array): Uint8Array;
  close(): void;
}

export interface ChannelEncoderOptions {
  /** Samples of each packet at 48 kHz: 120, 240, 480 or 960. */
  readonly frames: number;
  readonly bitrate: number;
  /** What is above need not be kept: half the rate that listeners get. */
  readonly maxHz: number;
}

/** Synchronous: libopus is there when the engine starts. */
export type OpenChannelEncoder = (options: ChannelEncoderOptions) => ChannelEncoder;

export interface SoundSocket {
  readonly port: number;
  /** One datagram of two parts, which must not change any more. What fails is told to `onSendError`. */
  send(header: Uint8Array, payload: Uint8Array, to: SoundDestination): void;
  /** Of all that is sent from now on, 0 to 63. */
  setDscp(dscp: number): void;
}

export interface SoundDestination {
  readonly address: string;
  readonly port: number;
  onSendError(): void;
}
