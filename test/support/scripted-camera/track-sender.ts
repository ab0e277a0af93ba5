// Sends one track of a clip to one client, for ever: numbers, timestamps, and what is wrong with them.

import { formatSenderReport } from '#media/rtcp/sender-report.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '#media/rtp/header.ts';
import type { Behaviour } from './behaviour.ts';
import type { ClipFrame, TrackClip } from './clip.ts';
import { isParameterSet } from './clip-video.ts';
import { payloadTypeOf } from './description.ts';
import { formatPayloads } from './payloads.ts';

/** What one track's packets go into. */
export interface TrackPath {
  sendRtp(packet: Uint8Array): void;
  sendRtcp(packet: Uint8Array): void;
  /** Takes interleaved frames as they are; only by TCP. */
  sendFrames?(bytes: Uint8Array): void;
  /** Only by TCP. */
  readonly channel?: number;
}

interface SenderOptions {
  readonly index: number;
  readonly behaviour: () => Behaviour;
  readonly path: TrackPath;
}

/** What is added to a timestamp, packet after packet, when they are not right. */
const JITTER_TICKS = [0, 1100, -900, 400];
const INEXACT_SOUND_TICKS = [0, -7, -3, 4];

export class TrackSender {
  readonly #options: SenderOptions;
  #track: TrackClip;
  #next: TrackClip | undefined;
  ssrc: number;
  sequence = 1000 + Math.floor(Math.random() * 1000);
  #index = 0;
  /** When and at which timestamp this round of the clip began. */
  #roundMs = 0;
  #roundTicks = Math.floor(Math.random() * 2 ** 31);
  #sent = 0;
  #octets = 0;
  #toLose = 0;
  #held: Uint8Array | undefined;
  #stoppedAt: number | undefined;

  constructor(track: TrackClip, options: SenderOptions) {
    this.#track = track;
    this.#options = options;
    this.ssrc = randomSsrc();
  }

  get dueMs(): number {
    return this.#roundMs + this.#frame.dueMs;
  }

  get timestamp(): number {
    return this.#timestampOf(this.#frame);
  }

  /** The first frame is due now. */
  begin(nowMs: number): void {
    this.#roundMs = nowMs;
  }

  renewSsrc(): void {
    this.ssrc = randomSsrc();
  }

  /** Goes on with another clip at its next frame. */
  use(track: TrackClip): void {
    this.#next = track;
  }

  jump(seconds: number): void {
    this.#roundTicks += seconds * this.#track.clockRate;
  }

  /** The next packets get numbers but are not sent. */
  lose(packets: number): void {
    this.#toLose += packets;
  }

  /** Sends the frame that is due. */
  play(): void {
    if (this.#next) this.#beginRound(this.#next);
    const frame = this.#frame;
    const behaviour = this.#options.behaviour();
    const units = this.#unitsOf(frame, behaviour);
    const payloads =
      this.#track.kind === 'video' ? formatPayloads(this.#track.encoding, units, behaviour) : units;
    for (const [at, payload] of payloads.entries()) {
      this.#send(payload, this.#hasMarker(payload, at === payloads.length - 1), behaviour);
    }
    this.#index++;
    if (this.#index === this.#track.frames.length) this.#beginRound(this.#track);
  }

  /** Goes past the frames before `nowMs` without sending them. */
  skipTo(nowMs: number): void {
    while (this.dueMs < nowMs) {
      this.#index++;
      if (this.#index === this.#track.frames.length) this.#beginRound(this.#track);
    }
  }

  report(wallMs: number): void {
    const report = formatSenderReport({
      ssrc: this.ssrc,
      ntpMs: wallMs,
      rtpTimestamp: this.timestamp,
      packetCount: this.#sent,
      octetCount: this.#octets,
      cname: 'camera',
    });
    this.#options.path.sendRtcp(report);
  }

  get #frame(): ClipFrame {
    return this.#track.frames[this.#index]!;
  }

  #beginRound(track: TrackClip): void {
    const played = track === this.#track ? this.#track.durationMs : this.#frame.dueMs;
    this.#roundMs += played;
    this.#roundTicks += Math.round((played * this.#track.clockRate) / 1000);
    this.#track = track;
    this.#next = undefined;
    this.#index = 0;
  }

  #unitsOf(frame: ClipFrame, { parameterSets }: Behaviour): readonly Uint8Array[] {
    const track = this.#track;
    if (track.kind === 'audio' || parameterSets !== 'described') return frame.units;
    return frame.units.filter((unit) => !isParameterSet(track.encoding, unit));
  }

  #hasMarker(payload: Uint8Array, isLast: boolean): boolean {
    if (this.#track.kind === 'audio') return this.#track.encoding === 'MPEG4-GENERIC';
    const { markers } = this.#options.behaviour();
    if (markers === 'never') return false;
    if (markers === 'always') return true;
    const onSet = markers === 'parameter-sets' && isParameterSet(this.#track.encoding, payload);
    return isLast || onSet;
  }

  #timestampOf(frame: ClipFrame): number {
    const { timestamps, inexactSound } = this.#options.behaviour();
    let ticks = this.#roundTicks + frame.ticks;
    if (timestamps === 'stopped') {
      this.#stoppedAt ??= ticks;
      ticks = this.#stoppedAt;
    } else this.#stoppedAt = undefined;
    if (timestamps === 'jittering') ticks += pick(JITTER_TICKS, this.#index);
    if (inexactSound && this.#track.kind === 'audio')
      ticks += pick(INEXACT_SOUND_TICKS, this.#index);
    return Math.round(ticks) >>> 0;
  }

  #send(payload: Uint8Array, marker: boolean, behaviour: Behaviour): void {
    const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
    writeRtpHeader(packet, {
      marker,
      payloadType: payloadTypeOf(this.#track, this.#options.index),
      sequence: this.sequence,
      timestamp: this.timestamp,
      ssrc: this.ssrc,
    });
    packet.set(payload, RTP_HEADER_BYTES);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.#sent++;
    this.#octets += payload.length;
    this.#pass(packet, behaviour);
  }

  #pass(packet: Uint8Array, { loseEvery, swapEvery, repeatEvery }: Behaviour): void {
    if (this.#toLose > 0) {
      this.#toLose--;
      return;
    }
    if (isNth(this.#sent, loseEvery)) return;
    if (isNth(this.#sent, swapEvery) && !this.#held) {
      this.#held = packet;
      return;
    }
    this.#options.path.sendRtp(packet);
    if (isNth(this.#sent, repeatEvery)) this.#options.path.sendRtp(packet);
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#options.path.sendRtp(held);
  }
}

function isNth(count: number, every: number | undefined): boolean {
  return every !== undefined && count % every === 0;
}

function pick(ticks: readonly number[], index: number): number {
  return ticks[index % ticks.length]!;
}

function randomSsrc(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
