// The console's sound as the API sees it, as a fake: one listener on this machine, `ear-1`.

import type { AudioMeta, JitterThresholds, QosReport } from '#contract/audio-meta.ts';
import type { ConsoleChannel, ConsoleSettings, ListenerView } from '#contract/console.ts';
import { NotFoundError, StateError, UnavailableError } from '#std/errors.ts';
import type { AudioRequest, SoundService } from '../../src/api/sound-service.ts';
import { makeConsoleView, makeListenerView } from './console-view.ts';

export class FakeSound implements SoundService {
  view = makeConsoleView();
  listenerList: ListenerView[] = [makeListenerView({ address: '127.0.0.1' })];
  thresholds: JitterThresholds = { interpolate: 100, drop: 200 };
  /** What was asked for, as it came in. */
  readonly asked: unknown[][] = [];

  meta(clientId: string | undefined): AudioMeta {
    const listener = clientId === undefined ? undefined : this.listener(clientId);
    return makeAudioMeta(listener?.streams ?? []);
  }

  requestAudio({ udpPort, clientId, address }: AudioRequest) {
    const listener = this.listener(clientId ?? 'ear-1');
    if (listener.address !== address) {
      throw new StateError(`Listener "${listener.id}" is elsewhere.`, { code: 'foreign_listener' });
    }
    this.asked.push(['port', listener.id, udpPort]);
    return { status: 'ok' as const, client_id: listener.id, udp_port: udpPort };
  }

  description(clientId: string): string {
    const { layout } = this.listener(clientId);
    if (layout === 'plain') return 'v=0\r\ns=-\r\n';
    throw new StateError(`Listener "${clientId}" gets a bundle.`, { code: 'not_plain' });
  }

  jitterThresholds(): JitterThresholds {
    return this.thresholds;
  }

  setJitterThresholds(thresholds: JitterThresholds): void {
    this.thresholds = thresholds;
  }

  report(report: QosReport, address: string) {
    this.asked.push(['report', report.client_id, address, report.metrics]);
    return {
      total_clients: 5,
      total_packets_sent: 7_500,
      server_cpu_usage: 45.2,
      server_memory_usage: 128.5,
    };
  }

  console() {
    return this.view;
  }

  changeSettings(changes: Partial<ConsoleSettings>): void {
    if (this.view.device_from_file && changes.device !== undefined) {
      throw new StateError('yeoul.yaml sets console.device.', { code: 'set_in_file' });
    }
    this.asked.push(['settings', changes]);
    this.view = { ...this.view, settings: { ...this.view.settings, ...changes } };
  }

  changeChannels(channels: readonly ConsoleChannel[]): void {
    this.asked.push(['channels', channels]);
    this.view = { ...this.view, channels: [...channels] };
  }

  listeners(): ListenerView[] {
    return this.listenerList;
  }

  listener(id: string): ListenerView {
    const listener = this.listenerList.find((each) => each.id === id);
    if (listener) return listener;
    throw new NotFoundError(`There is no listener "${id}".`, { code: 'listener_not_found' });
  }

  kick(id: string): void {
    this.listener(id);
    this.listenerList = this.listenerList.filter((each) => each.id !== id);
  }

  sendMessage(message: string, id: string | undefined): number {
    const told = id === undefined ? this.listenerList : [this.listener(id)];
    this.asked.push(['message', message, id]);
    return told.length;
  }

  async devices() {
    return [{ device: 'hw:XUSB', name: 'X-USB', is_console: true }];
  }

  joinCodes() {
    return [{ url: 'http://10.0.0.2:8080/mix', svg: '<svg/>' }];
  }

  async importFrom(address: string) {
    if (address === '10.0.0.99') {
      throw new UnavailableError('Nobody answers at 10.0.0.99.', { code: 'console_unreachable' });
    }
    this.asked.push(['import', address]);
    const channels = this.view.channels.map(({ mapped: _, ...channel }) => channel);
    return {
      console: { name: 'Hall', model: 'M32', firmware: '4.06', address },
      channels,
      findings: ['The card is set to 2/2 channels. Set it to 32/32.'],
    };
  }
}

function makeAudioMeta(streams: AudioMeta['streams']): AudioMeta {
  return {
    sample_rate: 48_000,
    codec: 'opus',
    layout: 'bundle',
    packet_time_ms: 5,
    bitrate: 64_000,
    clock_rate: 48_000,
    channels: [{ id: 1, name: 'CH01', order: 1, attributes: { color: null, source: null } }],
    streams,
    server: {
      state: 'live',
      reason: null,
      test_mode: false,
      listeners: 1,
      max_listeners: 20,
      uptime_seconds: 12,
      version: '0.1.0-test',
    },
    network: { packet_loss_rate: 0, jitter_ms: 2.5, latency_ms: 15.2 },
  };
}
