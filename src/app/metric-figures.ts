// The rules' figures in the form that the metrics are made of.

import type { ViewerView } from '#contract/streams.ts';
import type { Console } from '#core/console/console.ts';
import type { Streams } from '#core/streams/streams.ts';
import type { Viewers } from '#core/streams/viewers.ts';
import type {
  MetricFigures,
  RtspTotals,
  SignallingTotals,
  SoundFigures,
  TransportTotals,
  ViewerCount,
} from '../adapters/prometheus/figures.ts';
import type { Sound } from './sound.ts';

interface FigureSources {
  readonly version: string;
  readonly streams: Streams;
  readonly viewers: Viewers;
  readonly transport: { readonly tcpDropped: number };
  readonly signalling: {
    readonly sockets: number;
    readonly counters: Omit<SignallingTotals, 'sockets'>;
  };
  readonly sound: Sound | undefined;
  readonly rtsp:
    | { readonly connections: number; readonly counters: Omit<RtspTotals, 'connections'> }
    | undefined;
}

export function createMetricFigures(sources: FigureSources): MetricFigures {
  const { version, streams, viewers, transport, rtsp, signalling, sound } = sources;
  return {
    version,
    streams: () => streams.views((streamId) => viewers.list.count(streamId)),
    viewers: () => countViewers(viewers.list.views()),
    transport: () => totalsOf(viewers, transport.tcpDropped),
    signalling: () => ({ sockets: signalling.sockets, ...signalling.counters }),
    sound: () => (sound ? soundFigures(sound.console) : undefined),
    rtsp: () => (rtsp ? { connections: rtsp.connections, ...rtsp.counters } : undefined),
  };
}

function soundFigures(console: Console): SoundFigures {
  const { encodings, cpuSeconds, strayDatagrams } = console.soundReport;
  return { view: console.console(), encodings, cpuSeconds, strayDatagrams };
}

function countViewers(views: readonly ViewerView[]): ViewerCount[] {
  const groups = Map.groupBy(views, ({ protocol, state, path }) => `${protocol} ${state} ${path}`);
  return Array.from(groups.values(), (group) => ({
    protocol: group[0]?.protocol ?? 'whep',
    state: group[0]?.state ?? 'connecting',
    path: group[0]?.path ?? null,
    count: group.length,
  }));
}

function totalsOf(viewers: Viewers, tcpDropped: number): TransportTotals {
  const { viewers: viewersJoined, packets, ...totals } = viewers.list.totals();
  return {
    ...totals,
    tcpDropped,
    packets: packets + totals.retransmitted,
    viewersJoined,
    viewersLeft: viewersJoined - viewers.list.size,
  };
}
