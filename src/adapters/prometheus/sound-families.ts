// The metrics of the console's sound: capture, engine, and what each listener reports.

import type { ListenerView } from '#contract/console.ts';
import type { SoundFigures } from './figures.ts';
import type { Family, Sample } from './text-format.ts';

const STATES = ['waiting', 'listening', 'silent'] as const;
const MS = 1_000;
const PER_CENT = 100;

/** None where the console is switched off. */
export function soundFamilies(figures: SoundFigures | undefined): Family[] {
  if (!figures) return [];
  const { view } = figures;
  return [
    ...captureFamilies(figures),
    ...engineFamilies(figures),
    ...listenerFamilies(view.listeners),
  ];
}

function captureFamilies({ view }: SoundFigures): Family[] {
  const { capture, settings } = view;
  return [
    gauge('capture_live', 'Whether samples arrive: 1 or 0.', Number(capture.state === 'live')),
    counter('overruns', 'Times that samples of the console were lost.', capture.overruns),
    counter('lost_frames', 'Frames of the console that were lost.', capture.lost_frames),
    counter('capture_restarts', 'Times that capturing began anew.', capture.restarts),
    gauge('sample_rate_hertz', 'The most that listeners get now.', settings.sample_rate),
  ];
}

function engineFamilies(figures: SoundFigures): Family[] {
  const { view, encodings, cpuSeconds, strayDatagrams } = figures;
  return [
    counter('packets', 'RTP packets sent to listeners.', view.packets_sent),
    gauge('encodings', 'Encoders at work: channels by ways of encoding them.', encodings),
    counter('engine_cpu_seconds', 'CPU time of the sound engine’s thread.', cpuSeconds),
    counter('stray_datagrams', 'Datagrams that came to the RTP port.', strayDatagrams),
    {
      name: 'yeoul_sound_delay_seconds',
      type: 'gauge',
      help: 'From the console’s converter to the network, in the last second.',
      samples: view.delay
        ? [
            { labels: { quantile: '0.5' }, value: view.delay.p50_ms / MS },
            { labels: { quantile: '0.99' }, value: view.delay.p99_ms / MS },
          ]
        : [],
    },
  ];
}

/** Only of those that are there: ids do not come back. */
function listenerFamilies(listeners: SoundFigures['view']['listeners']): Family[] {
  const states = STATES.map((state) => ({
    labels: { state },
    value: listeners.filter((listener) => listener.state === state).length,
  }));
  return [
    { name: 'yeoul_sound_listeners', type: 'gauge', help: 'Listeners by state.', samples: states },
    reported('loss_ratio', 'Packets lost, 0 to 1.', ({ loss_percent }) => loss_percent / PER_CENT),
    reported(
      'jitter_seconds',
      'Interarrival jitter (RFC 3550).',
      ({ jitter_ms }) => jitter_ms / MS,
    ),
    reported('latency_seconds', 'From capture to receipt.', ({ latency_ms }) => latency_ms / MS),
  ];

  function reported(
    name: string,
    help: string,
    read: (network: NonNullable<ListenerView['network']>) => number,
  ): Family {
    const samples = listeners.flatMap(({ id, network }): Sample[] =>
      network ? [{ labels: { listener: id }, value: read(network) }] : [],
    );
    return {
      name: `yeoul_sound_listener_${name}`,
      type: 'gauge',
      help: `${help} As each listener reported last.`,
      samples,
    };
  }
}

function gauge(name: string, help: string, value: number): Family {
  return { name: `yeoul_sound_${name}`, type: 'gauge', help, samples: [{ labels: {}, value }] };
}

function counter(name: string, help: string, value: number): Family {
  const samples = [{ labels: {}, value }];
  return { name: `yeoul_sound_${name}_total`, type: 'counter', help, samples };
}
