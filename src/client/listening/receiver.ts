// What a listener makes of the datagrams that come: figures of the network, latency, and sound to be
// played (PRODUCT 2.4 to 2.7). It neither waits nor throws: what cannot be used is counted.

import type { StreamConfig } from '#contract/listening.ts';
import { CaptureTimes } from '#media/jitter/capture-times.ts';
import { DelayPercentiles, type DelaySpread } from '#media/jitter/delay-percentiles.ts';
import type { JitterThresholds } from '#media/jitter/jitter-buffer.ts';
import {
  type PacketCounts,
  type ReceptionFigures,
  ReceptionStatistics,
} from '#media/jitter/reception-statistics.ts';
import { isRtp } from '#media/rtp/header.ts';
import { readTimeExtension } from '#media/rtp/time-extension.ts';
import type { ClockSync } from '../clock-sync.ts';
import {
  type PlayedSound,
  Player,
  type PlayerCounts,
  type PlayerFormat,
  type PlayerOptions,
} from './player.ts';
import { describeStream, readSoundPacket, type SoundStream } from './sound-packet.ts';
import { SoundTicks } from './sound-ticks.ts';

/** Sound can be faster than the message that announces it: 100 ms of the largest format. */
const MAX_EARLY_PACKETS = 512;
/** 32 plain ones, and as many after a change. The first one is forgotten. */
const MAX_STREAMS = 64;
/** PRODUCT 2.6. */
const DEFAULT_THRESHOLDS: JitterThresholds = { interpolateMs: 100, dropMs: 200 };
const NOTHING: PlayerCounts = { concealed: 0, dropped: 0 };

interface ReceiverOptions {
  readonly sync: Pick<ClockSync, 'latencyOf'>;
  /** Undefined: packets are read and counted, and nothing is played. */
  readonly player: Omit<PlayerOptions, 'thresholds'> | undefined;
}

interface ArrivalTimes {
  /** By the clock of `next`. */
  readonly atMs: number;
  /** ms since 1970. */
  readonly wallMs: number;
}

/** Since the last reading. */
export interface ListeningFigures extends ReceptionFigures, PlayerCounts {
  /** From capture to arrival; null before the clocks have been compared. */
  readonly latency: DelaySpread | null;
  /** Null where nothing is played. */
  readonly bufferMs: number | null;
}

interface EarlyPacket {
  readonly packet: Uint8Array;
  readonly arrival: ArrivalTimes;
}

/** What is agreed on, and what depends on it. */
interface Agreement {
  readonly format: PlayerFormat;
  readonly ticks: SoundTicks;
  readonly captureTimes: CaptureTimes;
  readonly player: Player | undefined;
}

export class Receiver {
  /** Datagrams that are no packets of this listener, or damaged. */
  strays = 0;
  readonly #options: ReceiverOptions;
  readonly #streams = new Map<number, SoundStream>();
  readonly #latencies = new DelayPercentiles();
  readonly #allLatencies = new DelayPercentiles();
  /** Those that came before it was known what they are. */
  #early: EarlyPacket[] = [];
  #agreement: Agreement | undefined;
  #statistics: ReceptionStatistics | undefined;
  #thresholds = DEFAULT_THRESHOLDS;
  /** Of players before this one. */
  #past = NOTHING;
  #countsBefore = NOTHING;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** Undefined before it is known what is played. */
  get format(): PlayerFormat | undefined {
    return this.#agreement?.format;
  }

  /** How many samples to take for each one played. */
  get ratio(): number {
    return this.#agreement?.player?.ratio ?? 1;
  }

  /** Since the start. */
  get packets(): PacketCounts | undefined {
    return this.#statistics?.total;
  }

  /** Since the start. */
  get counts(): PlayerCounts {
    return addCounts(this.#past, this.#agreement?.player?.counts ?? NOTHING);
  }

  /** Since the start. */
  get latency(): DelaySpread | null {
    return this.#allLatencies.read();
  }

  changeThresholds(thresholds: JitterThresholds): void {
    this.#thresholds = thresholds;
    const player = this.#agreement?.player;
    if (player) player.thresholds = thresholds;
  }

  /** Another session: its numbers and times have nothing to do with those before. */
  restart(): void {
    this.#past = this.counts;
    this.#agreement?.player?.close();
    this.#agreement = undefined;
    this.#streams.clear();
    this.#early = [];
  }

  /** What comes from now on. Packets of the time before are on their way yet. */
  configure(config: StreamConfig): void {
    const { clock_rate: clockRate, packet_time_ms: packetMs } = config;
    const channels = config.channels.map(({ id }) => id);
    const format = { codec: config.compression, clockRate, channels };
    if (!this.#agreement || !isSame(this.#agreement.format, format)) this.#agree(format, packetMs);
    else this.#agreement.ticks.change({ clockRate, packetMs });
    for (const each of config.streams) this.#addStream(describeStream(each, config));
    this.#statistics ??= new ReceptionStatistics(clockRate);
    this.#statistics.changeFormat(clockRate);
    for (const { packet, arrival } of this.#early.splice(0)) this.receive(packet, arrival);
  }

  receive(packet: Uint8Array, arrival: ArrivalTimes): void {
    if (!this.#agreement) this.#keepEarly(packet, arrival);
    else if (isRtp(packet)) this.#take(packet, arrival, this.#agreement);
    else this.strays++;
  }

  /** Undefined: nothing for the moment; silence of any length will do until the next call. */
  next(nowMs: number): PlayedSound | undefined {
    return this.#agreement?.player?.next(nowMs);
  }

  /** Undefined before anything is agreed on. */
  readInterval(nowMs: number): ListeningFigures | undefined {
    const reception = this.#statistics?.readInterval(nowMs);
    if (!reception) return undefined;
    const { concealed, dropped } = this.counts;
    const before = this.#countsBefore;
    this.#countsBefore = { concealed, dropped };
    const latency = this.#latencies.read();
    this.#latencies.reset();
    return {
      ...reception,
      latency,
      bufferMs: this.#agreement?.player?.delayMs ?? null,
      concealed: concealed - before.concealed,
      dropped: dropped - before.dropped,
    };
  }

  close(): void {
    this.restart();
  }

  #agree(format: PlayerFormat, packetMs: number): void {
    const { clockRate } = format;
    const { player } = this.#options;
    this.#past = this.counts;
    this.#agreement?.player?.close();
    this.#streams.clear();
    this.#agreement = {
      format,
      ticks: new SoundTicks({ clockRate, packetMs }),
      captureTimes: new CaptureTimes(clockRate),
      player: player && new Player(format, { ...player, thresholds: this.#thresholds }),
    };
  }

  #addStream(stream: SoundStream | undefined): void {
    if (!stream) return;
    this.#streams.delete(stream.ssrc);
    this.#streams.set(stream.ssrc, stream);
    const [oldest] = this.#streams.keys();
    if (oldest !== undefined && this.#streams.size > MAX_STREAMS) this.#streams.delete(oldest);
  }

  #keepEarly(packet: Uint8Array, arrival: ArrivalTimes): void {
    if (this.#early.length < MAX_EARLY_PACKETS) this.#early.push({ packet, arrival });
    else this.strays++;
  }

  #take(bytes: Uint8Array, arrival: ArrivalTimes, agreement: Agreement): void {
    const packet = readSoundPacket(bytes, this.#streams);
    if (!packet) {
      this.strays++;
      return;
    }
    const times = readTimeExtension(bytes);
    const tick = agreement.ticks.tickOf(packet, times !== undefined);
    this.#statistics?.take({
      ssrc: packet.stream.ssrc,
      sequence: packet.sequence,
      timestamp: tick.timestamp,
      arrivedAtMs: arrival.atMs,
      sizeBytes: bytes.length,
    });
    const source = { ssrc: packet.stream.ssrc, timestamp: packet.timestamp };
    if (times) agreement.captureTimes.take(source, times.serverTimeMs);
    this.#noteLatency(agreement.captureTimes.capturedAtMs(source), arrival.wallMs);
    agreement.player?.insert(packet, { ...tick, arrivedAtMs: arrival.atMs });
  }

  #noteLatency(capturedAtMs: number | null, receivedAtMs: number): void {
    if (capturedAtMs === null) return;
    const latencyMs = this.#options.sync.latencyOf(capturedAtMs, receivedAtMs);
    if (latencyMs === null) return;
    this.#latencies.add(latencyMs);
    this.#allLatencies.add(latencyMs);
  }
}

function isSame(one: PlayerFormat, other: PlayerFormat): boolean {
  return (
    one.codec === other.codec &&
    one.clockRate === other.clockRate &&
    String(one.channels) === String(other.channels)
  );
}

function addCounts(one: PlayerCounts, other: PlayerCounts): PlayerCounts {
  return {
    concealed: one.concealed + other.concealed,
    dropped: one.dropped + other.dropped,
  };
}
