// RTP packets of a console's sound written byte by byte from the protocol's text, by none of the code that
// reads them (PRODUCT 2.2, 2.5).

import { createEncoder, type OpusEncoderHandle } from 'libopus-wasm';

const MAX_PAYLOAD_BYTES = 1_122;
const OPUS_CLOCK = 48_000;
const EXTENSION_PERIOD_S = 5;
/** -12 dBFS. */
const AMPLITUDE = 0.2511886;

export interface ScriptedFormat {
  readonly compression: 'opus' | 'pcm' | 'pcm24';
  readonly rate: number;
  readonly channels: readonly number[];
  readonly packetMs: number;
}

/** What may be wrong, for tests that something is noticed. */
export interface ScriptedFaults {
  /** Channel → the one whose signal it carries instead. */
  readonly swapped?: Readonly<Record<number, number>>;
  /** One sample of this channel has another value. */
  readonly wrongSampleOf?: number;
  /** How far this channel's tone is off. */
  readonly detuned?: { readonly channel: number; readonly hz: number };
}

/** Test mode's sound in one RTP stream. */
export class ScriptedRtp {
  readonly payloadType: number;
  readonly ssrc: number;
  #format: ScriptedFormat;
  readonly #faults: ScriptedFaults;
  readonly #encoders: readonly OpusEncoderHandle[];
  #sequence: number;
  readonly #firstTimestamp: number;
  #tick = 0;
  #nextExtension = 0;

  private constructor(
    format: ScriptedFormat,
    {
      faults,
      encoders,
      seed,
    }: { faults: ScriptedFaults; encoders: OpusEncoderHandle[]; seed: number },
  ) {
    this.#format = format;
    this.#faults = faults;
    this.#encoders = encoders;
    this.ssrc = (0xdead_0000 + seed) >>> 0;
    this.#sequence = 65_000 + (seed % 500);
    // Wraps soon.
    this.#firstTimestamp = 0xffff_ff00 + (seed % 100);
    const rates = [48_000, 44_100, 32_000, 24_000];
    const first = format.compression === 'pcm' ? 96 : 104;
    this.payloadType = format.compression === 'opus' ? 100 : first + rates.indexOf(format.rate);
  }

  static async open(
    format: ScriptedFormat,
    faults: ScriptedFaults,
    seed: number,
  ): Promise<ScriptedRtp> {
    const frameSize = (OPUS_CLOCK * format.packetMs) / 1_000;
    const isOpus = format.compression === 'opus';
    const options = { channels: 1, frameSize, bitrate: 64_000, vbr: false, complexity: 5 } as const;
    const encoders = isOpus
      ? await Promise.all(format.channels.map(() => createEncoder(options)))
      : [];
    return new ScriptedRtp(format, { faults, encoders, seed });
  }

  get clockRate(): number {
    return this.#format.compression === 'opus' ? OPUS_CLOCK : this.#format.rate;
  }

  /** From the next tick on, which begins where a tick of both begins. */
  changePacketTime(packetMs: number): void {
    this.#tick = (this.#tick * this.#format.packetMs) / packetMs;
    this.#format = { ...this.#format, packetMs };
  }

  /** The next tick's packets; `capturedAtMs`: of its first sample. */
  nextTick(capturedAtMs: number): Uint8Array[] {
    const { packetMs, compression } = this.#format;
    const start = Math.floor((this.#tick * this.clockRate * packetMs) / 1_000);
    const end = Math.floor(((this.#tick + 1) * this.clockRate * packetMs) / 1_000);
    this.#tick++;
    const payloads =
      compression === 'opus' ? this.#opusPayloads(start) : this.#pcmPayloads(start, end);
    return payloads.map(({ payload, at }) => this.#packet(payload, at, capturedAtMs));
  }

  close(): void {
    for (const encoder of this.#encoders) encoder.free();
  }

  #opusPayloads(start: number): { payload: Uint8Array; at: number }[] {
    const { channels, packetMs } = this.#format;
    const frames = (OPUS_CLOCK * packetMs) / 1_000;
    const payloads: { payload: Uint8Array; at: number }[] = [];
    let entries: number[] = [];
    channels.forEach((channel, index) => {
      const hz = this.#hertzOf(channel);
      const samples = Float32Array.from(
        { length: frames },
        (_, at) => AMPLITUDE * Math.sin((2 * Math.PI * hz * (start + at)) / OPUS_CLOCK),
      );
      const frame = this.#encoders[index]!.encodeFloat(samples, { maxPacketBytes: 1_275 });
      if (entries.length + 3 + frame.length > MAX_PAYLOAD_BYTES) {
        payloads.push({ payload: Uint8Array.from(entries), at: start });
        entries = [];
      }
      entries.push(channel, frame.length >> 8, frame.length & 255, ...frame);
    });
    payloads.push({ payload: Uint8Array.from(entries), at: start });
    return payloads;
  }

  #pcmPayloads(start: number, end: number): { payload: Uint8Array; at: number }[] {
    const { channels, compression } = this.#format;
    const bytes = compression === 'pcm' ? 2 : 3;
    const most = Math.floor(MAX_PAYLOAD_BYTES / (bytes * channels.length));
    const parts = Math.ceil((end - start) / most);
    return Array.from({ length: parts }, (_, part) => {
      const from = start + Math.floor((part * (end - start)) / parts);
      const to = start + Math.floor(((part + 1) * (end - start)) / parts);
      const view = new DataView(new ArrayBuffer((to - from) * bytes * channels.length));
      for (let at = from, offset = 0; at < to; at++) {
        for (const channel of channels) {
          const value = this.#valueOf(channel, at);
          if (bytes === 3) view.setUint8(offset++, 0);
          view.setInt16(offset, value);
          offset += 2;
        }
      }
      return { payload: new Uint8Array(view.buffer), at: from };
    });
  }

  #valueOf(channel: number, at: number): number {
    // Half a second in, when everything has settled.
    if (channel === this.#faults.wrongSampleOf && at === this.clockRate / 2) return channel + 1;
    return this.#faults.swapped?.[channel] ?? channel;
  }

  #hertzOf(channel: number): number {
    const { swapped, detuned } = this.#faults;
    const off = detuned?.channel === channel ? detuned.hz : 0;
    return 100 * (swapped?.[channel] ?? channel) + off;
  }

  #packet(payload: Uint8Array, at: number, capturedAtMs: number): Uint8Array {
    const isTimed = at >= this.#nextExtension;
    if (isTimed) this.#nextExtension += EXTENSION_PERIOD_S * this.clockRate;
    const headerBytes = isTimed ? 28 : 12;
    const packet = new Uint8Array(headerBytes + payload.length);
    const view = new DataView(packet.buffer);
    view.setUint8(0, isTimed ? 0x90 : 0x80);
    view.setUint8(1, (at === 0 ? 0x80 : 0) | this.payloadType);
    view.setUint16(2, this.#sequence);
    view.setUint32(4, (this.#firstTimestamp + at) % 2 ** 32);
    view.setUint32(8, this.ssrc);
    this.#sequence = (this.#sequence + 1) % 65_536;
    if (isTimed) {
      view.setUint16(12, 0xbede);
      view.setUint16(14, 3);
      view.setBigUint64(16, BigInt(Math.round(capturedAtMs)));
      view.setUint8(24, 1);
    }
    packet.set(payload, headerBytes);
    return packet;
  }
}
