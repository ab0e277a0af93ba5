// One conversion's way from payloads to Opus: decode, mix, resample, cut into 20 ms, encode.
//
//   payload → frames → 1 or 2 channels → 48 kHz → #pending → 960 samples → RTP packet

import type { AudioFormat } from '#core/streams/track-format.ts';
import { interleaveChannels, mixChannels } from '#media/pcm/channels.ts';
import { Resampler } from '#media/pcm/resampler.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '#media/rtp/header.ts';
import type { OpusPacket, SoundPayload } from './messages.ts';
import { FRAME_TICKS, type OpusEncoder } from './opus-encoder.ts';
import { createSoundDecoder, type SoundDecoder } from './sound-decoder.ts';
import { OPUS_RATE, SoundTimeline } from './sound-timeline.ts';

const PAYLOAD_TYPE = 111;
const SSRC = 1;

export class SoundPipeline {
  readonly #decoder: SoundDecoder;
  readonly #timeline: SoundTimeline;
  readonly #resamplers: readonly Resampler[];
  readonly #encoder: OpusEncoder;
  readonly #channels: 1 | 2;
  /** Of decoder, filter and Opus together: so much later is what is heard. */
  readonly #delayMs: number;
  /** Samples that don't fill a packet yet, a plane for each channel. */
  #pending: Float32Array[];
  #sequence = 0;
  /** Of the first pending sample. */
  #timestamp = 0;
  /** What was captured when, on the time line. */
  #anchor = { ticks: 0, capturedAtMs: 0 };

  constructor(format: AudioFormat, encoder: OpusEncoder) {
    const channels = outputChannels(format);
    this.#decoder = createSoundDecoder(format);
    this.#encoder = encoder;
    this.#channels = channels;
    this.#timeline = new SoundTimeline(format.clockRate);
    const rate = this.#decoder.sampleRate;
    this.#resamplers = Array.from({ length: channels }, () => new Resampler(rate, OPUS_RATE));
    this.#pending = Array.from({ length: channels }, () => new Float32Array(0));
    const filterMs = ((this.#resamplers[0]?.delay ?? 0) * 1000) / rate;
    this.#delayMs = filterMs + (encoder.delayTicks * 1000) / OPUS_RATE;
  }

  /** Frames that made no sense so far. */
  get damaged(): number {
    return this.#decoder.damaged;
  }

  /** Calls `emit` for each packet that is complete with this payload. */
  take(input: SoundPayload, emit: (packet: OpusPacket) => void): void {
    const missing = this.#timeline.arrive(input.timestamp);
    if (missing > 0) this.#leaveGap(missing, emit);
    this.#anchor = { ticks: this.#timeline.nowTicks, capturedAtMs: input.capturedAtMs };
    for (const frame of this.#decoder.decode(input.payload, input.marker)) {
      this.#append(frame, emit);
    }
  }

  close(): void {
    this.#encoder.close();
  }

  /** The last sound fades out; then whole packets are left out, and silence fills the rest. */
  #leaveGap(ticks: number, emit: (packet: OpusPacket) => void): void {
    const ticksPerSample = OPUS_RATE / this.#decoder.sampleRate;
    const fade = this.#decoder.conceal();
    const fadeTicks = (fade[0]?.length ?? 0) * ticksPerSample;
    const fits = fadeTicks <= ticks;
    if (fits && fadeTicks > 0) this.#append(fade, emit);
    const rest = fits ? ticks - fadeTicks : ticks;
    const silence = Math.round((rest % FRAME_TICKS) / ticksPerSample);
    this.#append([new Float32Array(silence)], emit);
    const leftOut = Math.floor(rest / FRAME_TICKS) * FRAME_TICKS;
    this.#timeline.advance(leftOut);
    this.#timestamp += leftOut;
  }

  #append(frame: readonly Float32Array[], emit: (packet: OpusPacket) => void): void {
    const length = frame[0]?.length ?? 0;
    this.#timeline.advance((length * OPUS_RATE) / this.#decoder.sampleRate);
    const planes = mixChannels(frame, this.#channels);
    this.#pending = this.#pending.map((before, channel) => {
      const samples = this.#resamplers[channel]?.push(planes[channel] ?? new Float32Array(length));
      return join(before, samples ?? new Float32Array(0));
    });
    while ((this.#pending[0]?.length ?? 0) >= FRAME_TICKS) emit(this.#encodeNext());
  }

  #encodeNext(): OpusPacket {
    const planes = this.#pending.map((plane) => plane.subarray(0, FRAME_TICKS));
    this.#pending = this.#pending.map((plane) => plane.subarray(FRAME_TICKS));
    const payload = this.#encoder.encode(interleaveChannels(planes));
    const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
    writeRtpHeader(packet, {
      marker: false,
      payloadType: PAYLOAD_TYPE,
      sequence: this.#sequence,
      timestamp: this.#timestamp,
      ssrc: SSRC,
    });
    packet.set(payload, RTP_HEADER_BYTES);
    const capturedAtMs = this.#capturedAtMs(this.#timestamp);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp += FRAME_TICKS;
    return { packet, capturedAtMs };
  }

  #capturedAtMs(ticks: number): number {
    const { ticks: anchorTicks, capturedAtMs } = this.#anchor;
    return capturedAtMs + ((ticks - anchorTicks) * 1000) / OPUS_RATE - this.#delayMs;
  }
}

/** Mono stays mono, all else becomes stereo. */
export function outputChannels(format: AudioFormat): 1 | 2 {
  return format.channels > 1 ? 2 : 1;
}

function join(before: Float32Array, after: Float32Array): Float32Array {
  if (before.length === 0) return after;
  const joined = new Float32Array(before.length + after.length);
  joined.set(before);
  joined.set(after, before.length);
  return joined;
}
