// One conversion as the main thread sees it: payloads go to a worker in small batches, Opus comes back.

import type { Conversion, ConversionPacket, ConversionSink } from '#core/ports/converter.ts';
import type { Log } from '#core/ports/log.ts';
import type { TrackSink } from '#core/ports/source.ts';
import type { AudioFormat } from '#core/streams/track-format.ts';
import { payloadEnd, payloadStart } from '#media/rtp/header.ts';
import type { SoundPayload, WorkerReply } from './messages.ts';
import { outputChannels } from './sound-pipeline.ts';
import type { SoundWorkers, WorkerClient, WorkerLine } from './sound-workers.ts';

/** Payloads that wait for the worker: some 2 s of AAC at 48 kHz. Then the oldest are dropped. */
const MAX_WAITING = 100;
/** Batches at the worker that it hasn't answered. */
const MAX_IN_FLIGHT = 4;

export class SoundConversion implements Conversion, WorkerClient {
  readonly #sink: ConversionSink;
  readonly #format: AudioFormat;
  readonly #log: Log;
  readonly #line: WorkerLine;
  #track: TrackSink | undefined;
  #waiting: SoundPayload[] = [];
  #inFlight = 0;
  #cpuSeconds = 0;
  #ended = false;
  /** Payloads that the worker had no time for. */
  #dropped = 0;
  /** Frames that made no sense. */
  #damaged = 0;

  constructor(
    format: AudioFormat,
    sink: ConversionSink,
    world: { workers: SoundWorkers; log: Log },
  ) {
    this.#sink = sink;
    this.#format = format;
    this.#log = world.log;
    this.#line = world.workers.open(format, this);
  }

  get cpuSeconds(): number {
    return this.#cpuSeconds;
  }

  write({ packet, timestamp, marker, capturedAtMs }: ConversionPacket): void {
    const start = payloadStart(packet);
    if (this.#ended || start < 0) return;
    const payload = packet.slice(start, payloadEnd(packet));
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#waiting.push({ payload, timestamp, marker, capturedAtMs });
    this.#post();
  }

  async close(): Promise<void> {
    this.#end();
    await this.#line.close();
  }

  onSound(reply: WorkerReply & { kind: 'sound' }): void {
    if (this.#ended) return;
    this.#inFlight--;
    this.#cpuSeconds = reply.cpuSeconds;
    this.#damaged = reply.damaged;
    this.#deliver(reply);
    this.#post();
  }

  onFailed(reason: string): void {
    if (this.#ended) return;
    this.#end();
    void this.#line.close();
    this.#sink.failed(`sound conversion failed: ${reason}`);
  }

  #deliver({ packets }: WorkerReply & { kind: 'sound' }): void {
    if (packets.length === 0) return;
    this.#track ??= this.#sink.ready({
      kind: 'audio',
      codec: 'opus',
      clockRate: 48_000,
      channels: outputChannels(this.#format),
    });
    for (const { packet, capturedAtMs } of packets) this.#track.write(packet, capturedAtMs);
    this.#sink.flush();
  }

  #post(): void {
    if (this.#ended || this.#inFlight >= MAX_IN_FLIGHT || this.#waiting.length === 0) return;
    this.#inFlight++;
    this.#line.post(this.#waiting);
    this.#waiting = [];
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting = [];
    const counters = { dropped: this.#dropped, damaged: this.#damaged };
    this.#log.info('Sound conversion ended', { ...counters, cpuSeconds: this.#cpuSeconds });
  }
}
