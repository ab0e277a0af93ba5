// A console with one listener as the API shows it, for those who only have to show or count it.

import { type ConsoleView, consoleSettingsDefaults, type ListenerView } from '#contract/console.ts';

export function makeListenerView(changes: Partial<ListenerView> = {}): ListenerView {
  return {
    id: 'ear-1',
    address: '10.0.0.21',
    udp_port: 5004,
    user_agent: 'yeoul listen',
    since: '2026-01-01T20:00:00.000Z',
    state: 'listening',
    compression: 'opus',
    layout: 'bundle',
    sample_rate: 48_000,
    packet_time_ms: 5,
    bitrate: 64_000,
    adapted: null,
    channels: [1, 2],
    streams: [{ payload_type: 100, ssrc: 7, channels: [1, 2], port: 5004 }],
    packets: 400,
    bytes: 60_000,
    send_errors: 0,
    network: {
      at: '2026-01-01T20:01:00.000Z',
      loss_percent: 3,
      jitter_ms: 2.5,
      latency_ms: 15,
      bandwidth_mbps: 1.2,
    },
    history: [],
    ...changes,
  };
}

export function makeConsoleView(changes: Partial<ConsoleView> = {}): ConsoleView {
  const { history: _, ...listener } = makeListenerView();
  return {
    settings: consoleSettingsDefaults,
    max_sample_rate: 48_000,
    device_from_file: false,
    channels: Array.from({ length: 32 }, (_, index) => ({
      id: index + 1,
      name: `CH${String(index + 1).padStart(2, '0')}`,
      color: null,
      source: null,
      mapped: true,
    })),
    capture: {
      state: 'live',
      source: 'hw:XUSB',
      reason: null,
      sample_rate: 48_000,
      channels: 32,
      format: 'S32_LE',
      overruns: 40,
      lost_frames: 41,
      restarts: 42,
    },
    listeners: [listener],
    max_listeners: 20,
    delay: { p50_ms: 7, p99_ms: 11 },
    rtp_port: 5002,
    packets_sent: 43,
    ...changes,
  };
}
