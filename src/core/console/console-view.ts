// The console and its listeners as the admin sees them.

import type { CaptureView, ConsoleView, ListenerView } from '#contract/console.ts';
import type { CaptureState, ListenerCounters, SoundReport } from '#core/ports/sound-engine.ts';
import type { ConsoleSetup } from './console-setup.ts';
import { bitrateView } from './delivery.ts';
import type { Listener } from './listener.ts';

interface ConsoleSituation {
  readonly setup: ConsoleSetup;
  readonly listeners: Iterable<Listener>;
  readonly maxListeners: number;
  readonly capture: CaptureState;
  readonly report: SoundReport;
  readonly rtpPort: number;
}

export function viewConsole(situation: ConsoleSituation): ConsoleView {
  const { setup, listeners, maxListeners, capture, report, rtpPort } = situation;
  return {
    settings: setup.settings,
    max_sample_rate: setup.maxRate,
    device_from_file: setup.isDeviceFromFile,
    channels: [...setup.channels],
    capture: viewCapture(capture),
    listeners: Array.from(listeners, (listener) => viewBriefly(listener, setup, report)),
    max_listeners: maxListeners,
    delay: report.delay && { p50_ms: report.delay.p50Ms, p99_ms: report.delay.p99Ms },
    rtp_port: rtpPort,
    packets_sent: report.packetsSent,
  };
}

export function viewListener(
  listener: Listener,
  setup: ConsoleSetup,
  report: SoundReport,
): ListenerView {
  return { ...viewBriefly(listener, setup, report), history: listener.network.history };
}

export function countersOf({ listeners }: SoundReport, listenerId: string): ListenerCounters {
  const counters = listeners.find(({ id }) => id === listenerId);
  return counters ?? { id: listenerId, packets: 0, bytes: 0, sendErrors: 0 };
}

function viewBriefly(
  listener: Listener,
  { settings }: ConsoleSetup,
  report: SoundReport,
): ConsoleView['listeners'][number] {
  const { sound, network, state } = listener;
  const { delivery, rendition } = sound;
  const { packets, bytes, sendErrors } = countersOf(report, listener.id);
  return {
    id: listener.id,
    address: listener.address,
    udp_port: sound.udpPort,
    user_agent: listener.userAgent,
    since: new Date(listener.sinceWallMs).toISOString(),
    state: state === 'ended' ? 'silent' : state,
    compression: rendition.codec,
    layout: delivery.layout,
    sample_rate: rendition.sampleRate,
    packet_time_ms: rendition.packetMs,
    bitrate: bitrateView(rendition),
    adapted: network.explain(delivery.base, settings),
    channels: delivery.channels.map(({ id }) => id),
    streams: sound.streamViews,
    packets,
    bytes,
    send_errors: sendErrors,
    network: network.latest ?? null,
  };
}

function viewCapture(capture: CaptureState): CaptureView {
  return {
    state: capture.state,
    source: capture.source,
    reason: capture.reason,
    sample_rate: capture.sampleRate,
    channels: capture.channels,
    format: capture.format,
    overruns: capture.overruns,
    lost_frames: capture.lostFrames,
    restarts: capture.restarts,
  };
}
