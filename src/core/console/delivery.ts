// What a listener gets: what it asked for, as far as the server has it (PRODUCT 2.4).

import type { ConsoleChannel } from '#contract/console.ts';
import type { ListenerConfig, StreamConfig } from '#contract/listening.ts';
import {
  CONSOLE_CHANNELS,
  type Compression,
  type Layout,
  type PacketTimeMs,
  SAMPLE_RATES,
  type SampleRate,
} from '#contract/sound.ts';
import type { Rendition } from '#core/ports/sound-engine.ts';
import { InputError } from '#std/errors.ts';
import type { ConsoleSetup } from './console-setup.ts';

/**
 * In bit/s: with less, libopus at a constant bitrate loses tones. Of 32 tones up to 3.2 kHz the worst is
 * then off by 0.1 dB at 2.5 ms (28 dB with half of it), 1.1 at 5 ms (3.3 with 32,000), 2 at 10 ms.
 */
const LEAST_BITRATE: Readonly<Record<PacketTimeMs, number>> = {
  2.5: 128_000,
  5: 48_000,
  10: 32_000,
  20: 24_000,
};
const FULL_RATE = 48_000;
const LAST_PORT = 65_535;
/** RFC 3550 §11: the odd ports between are for RTCP. */
export const PORTS_APART = 2;

export interface Delivery {
  readonly layout: Layout;
  /** While its network is well. */
  readonly base: Rendition;
  /** In the mapping's order. */
  readonly channels: readonly ConsoleChannel[];
  readonly leftOut: StreamConfig['left_out'];
}

/** An empty wish gives the defaults. */
export function deliver({ settings, mapping }: ConsoleSetup, wish: ListenerConfig): Delivery {
  const codec = wish.compression ?? settings.codec;
  const ceiling = settings.sample_rate;
  const asked = wish.sample_rate ?? ceiling;
  const sampleRate = SAMPLE_RATES.find((rate) => rate <= asked && rate <= ceiling) ?? ceiling;
  const bitrate = bitrateOf(codec, sampleRate, settings.bitrate);
  const base = { codec, sampleRate, packetMs: settings.packet_time_ms, bitrate };
  const layout = wish.layout ?? settings.layout;
  if (!wish.channels) return { layout, base, channels: mapping, leftOut: [] };
  const wanted = new Set(wish.channels.filter(({ mute }) => !mute).map(({ id }) => id));
  const channels = mapping.filter(({ id }) => wanted.has(id));
  for (const { id } of channels) wanted.delete(id);
  const leftOut = [...wanted].map((id) => ({ id, reason: 'it is not in the mapping' }));
  return { layout, base, channels, leftOut };
}

/** Plain streams have a port each. Throws `invalid_input` if there are not enough above this one. */
export function checkPorts({ layout, channels }: Delivery, udpPort: number): void {
  const lastPort = udpPort + PORTS_APART * (channels.length - 1);
  if (layout !== 'plain' || lastPort <= LAST_PORT) return;
  const highest = LAST_PORT - 1 - PORTS_APART * (CONSOLE_CHANNELS - 1);
  throw new InputError(
    `udp_port ${udpPort} is too high: ${channels.length} plain streams need the ports up to ${lastPort}. Use one up to ${highest}, or the layout bundle.`,
  );
}

/** With PCM there is none. */
export function bitrateView({ bitrate }: Rendition): number | null {
  return bitrate === 0 ? null : bitrate;
}

/** The rendition with as many bits as its packets need, whatever was set or adapted. */
export function withEnoughBits(rendition: Rendition): Rendition {
  const { codec, packetMs, bitrate } = rendition;
  if (codec !== 'opus') return rendition;
  return { ...rendition, bitrate: Math.max(LEAST_BITRATE[packetMs], bitrate) };
}

/** Opus in a smaller bandwidth needs less. */
function bitrateOf(codec: Compression, sampleRate: SampleRate, bitrate: number): number {
  if (codec !== 'opus') return 0;
  return Math.round((bitrate * sampleRate) / FULL_RATE);
}
