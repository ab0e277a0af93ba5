// The test clip, made ready to send: RTP packets in the order of their frames.

import type { AudioFormat, TrackFormat, VideoFormat } from '#core/streams/track-format.ts';
import { groupAccessUnits, nalType, splitAnnexB } from '#media/h264/annex-b.ts';
import { packetizeAccessUnit } from '#media/h264/packetize.ts';
import { NAL_PPS, NAL_SLICE_IDR, NAL_SPS } from '#media/h264/payload.ts';
import { readOggOpus } from '#media/opus/ogg.ts';
import { opusPacketDurationTicks } from '#media/opus/packet.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '#media/rtp/header.ts';
import { InputError } from '#std/errors.ts';
import { FRAMES_PER_SECOND } from './picture.ts';

/** One loop of a picture and a sound. Its packets are shared by all who send it. */
export interface Clip {
  readonly video: ClipTrack;
  readonly audio: ClipTrack;
}

export interface ClipTrack {
  readonly format: TrackFormat;
  /** The time from one frame to the next. */
  readonly ticksPerFrame: number;
  readonly frames: readonly ClipFrame[];
}

interface ClipFrame {
  /** Sending may start here. */
  readonly isKey: boolean;
  /** Whole RTP packets but for sequence number and timestamp, which each sender writes anew. */
  readonly packets: readonly Uint8Array[];
}

const VIDEO_CLOCK_RATE = 90_000;
const VIDEO_PAYLOAD_TYPE = 96;
const VIDEO_SSRC = 1;
const AUDIO_TICKS_PER_PACKET = 960;
const AUDIO_PAYLOAD_TYPE = 111;
const AUDIO_SSRC = 2;

/** `video` is an H.264 byte stream of 30 frames a second, `audio` Ogg Opus in packets of 20 ms. */
export function parseClip(files: { video: Uint8Array; audio: Uint8Array }): Clip {
  return { video: parseVideo(files.video), audio: parseAudio(files.audio) };
}

function parseVideo(bytes: Uint8Array): ClipTrack {
  const pictures = groupAccessUnits(splitAnnexB(bytes));
  const [first = []] = pictures;
  if (!first.some(isIdr)) throw invalid('its video does not begin with a key frame');
  const format: VideoFormat = {
    kind: 'video',
    codec: 'H264',
    clockRate: VIDEO_CLOCK_RATE,
    // Copies, so that they don't keep the whole file in memory.
    parameterSets: first.filter(isParameterSet).map((unit) => unit.slice()),
  };
  const header = { payloadType: VIDEO_PAYLOAD_TYPE, sequence: 0, timestamp: 0, ssrc: VIDEO_SSRC };
  const frames = pictures.map((units) => ({
    isKey: units.some(isIdr),
    packets: packetizeAccessUnit(units, header),
  }));
  return { format, ticksPerFrame: VIDEO_CLOCK_RATE / FRAMES_PER_SECOND, frames };
}

function parseAudio(bytes: Uint8Array): ClipTrack {
  const { channels, packets } = readOggOpus(bytes);
  if (packets.length === 0) throw invalid('its sound is empty');
  if (packets.some((packet) => opusPacketDurationTicks(packet) !== AUDIO_TICKS_PER_PACKET)) {
    throw invalid('its sound is not in packets of 20 ms');
  }
  const format: AudioFormat = { kind: 'audio', codec: 'opus', clockRate: 48_000, channels };
  const frames = packets.map((packet) => ({ isKey: true, packets: [packetizeOpus(packet)] }));
  return { format, ticksPerFrame: AUDIO_TICKS_PER_PACKET, frames };
}

/** RFC 7587 §4.2: the payload is the packet. */
function packetizeOpus(payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
  writeRtpHeader(packet, {
    marker: false,
    payloadType: AUDIO_PAYLOAD_TYPE,
    sequence: 0,
    timestamp: 0,
    ssrc: AUDIO_SSRC,
  });
  packet.set(payload, RTP_HEADER_BYTES);
  return packet;
}

function isIdr(unit: Uint8Array): boolean {
  return nalType(unit) === NAL_SLICE_IDR;
}

function isParameterSet(unit: Uint8Array): boolean {
  return nalType(unit) === NAL_SPS || nalType(unit) === NAL_PPS;
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot use the test clip: ${reason}. Make it again with: npm run clip`, {
    code: 'invalid_clip',
  });
}
