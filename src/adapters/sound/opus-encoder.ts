// libopus, encoding packets of 20 ms for one track.

import { Application, createEncoder } from 'libopus-wasm';

/** 20 ms of 48 kHz: what WebRTC expects, and the best trade of delay against overhead. */
export const FRAME_TICKS = 960;
/** For each channel, in bit/s: music and speech alike without audible loss. */
const CHANNEL_BITRATE = 48_000;
/** Of 10: more costs a third more time for a difference that a camera's microphone hides. */
const COMPLEXITY = 5;

export interface OpusEncoder {
  /** By how much what is decoded lags behind what was encoded. */
  readonly delayTicks: number;
  /** 960 samples of each channel, in turn. */
  encode(samples: Float32Array): Uint8Array;
  close(): void;
}

export async function openOpusEncoder(channels: 1 | 2): Promise<OpusEncoder> {
  const encoder = await createEncoder({
    channels,
    application: Application.Audio,
    bitrate: CHANNEL_BITRATE * channels,
    complexity: COMPLEXITY,
    frameSize: FRAME_TICKS,
  });
  return {
    delayTicks: encoder.getLookahead(),
    encode: (samples) => encoder.encodeFloat(samples),
    close: () => encoder.free(),
  };
}
