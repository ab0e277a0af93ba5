// What `/audio-meta` says (PRODUCT 2.6).

import type { AudioMeta } from '#contract/audio-meta.ts';
import type { ConsoleChannel, ListenerFigures } from '#contract/console.ts';
import type { Rendition } from '#core/ports/sound-engine.ts';
import { clockRateOf } from '#media/sound/payload-types.ts';
import type { ConsoleSetup } from './console-setup.ts';
import { bitrateView, type Delivery, deliver, withEnoughBits } from './delivery.ts';
import type { Listener } from './listener.ts';
import { assignStreams, type StreamsView, viewStreams } from './rtp-streams.ts';

interface MetaOfServer {
  readonly setup: ConsoleSetup;
  readonly server: AudioMeta['server'];
}

/** What a listener that asks for nothing would get. */
export function viewDefaults(of: MetaOfServer, all: Iterable<Listener>): AudioMeta {
  const delivery = deliver(of.setup, {});
  const { layout, base, channels } = delivery;
  // Each listener has SSRCs of its own.
  const streams = assignStreams({ layout, rendition: base, channels }, [], () => 0);
  return viewMeta(of, {
    delivery,
    rendition: withEnoughBits(base),
    streams: viewStreams(streams, null),
    figures: Array.from(all, ({ network }) => network.latest).filter((each) => each !== undefined),
  });
}

export function viewOwn(of: MetaOfServer, { sound, network }: Listener): AudioMeta {
  return viewMeta(of, {
    delivery: sound.delivery,
    rendition: sound.rendition,
    streams: sound.streamViews,
    figures: network.latest ? [network.latest] : [],
  });
}

interface MetaOfSound {
  readonly delivery: Delivery;
  readonly rendition: Rendition;
  readonly streams: StreamsView;
  readonly figures: readonly ListenerFigures[];
}

function viewMeta(
  { setup, server }: MetaOfServer,
  { delivery, rendition, streams, figures }: MetaOfSound,
): AudioMeta {
  return {
    sample_rate: setup.settings.sample_rate,
    codec: rendition.codec,
    layout: delivery.layout,
    packet_time_ms: rendition.packetMs,
    bitrate: bitrateView(rendition),
    clock_rate: clockRateOf(rendition),
    channels: setup.mapping.map(viewChannel),
    streams,
    server,
    network: {
      packet_loss_rate: medianOf(figures.map(({ loss_percent }) => loss_percent)),
      jitter_ms: medianOf(figures.map(({ jitter_ms }) => jitter_ms)),
      latency_ms: medianOf(figures.map(({ latency_ms }) => latency_ms)),
    },
  };
}

function viewChannel(
  { id, name, color, source }: ConsoleChannel,
  order: number,
): AudioMeta['channels'][number] {
  return { id, name, order, attributes: { color, source } };
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  const upper = sorted[Math.floor(sorted.length / 2)];
  return lower === undefined || upper === undefined ? null : (lower + upper) / 2;
}
