// The log's lines on the sound that goes out: one for each listener.

import type { Log } from '#core/ports/log.ts';
import type { SoundReport } from '#core/ports/sound-engine.ts';
import { countersOf } from './console-view.ts';
import type { Listener } from './listener.ts';

export function logStats(listeners: Iterable<Listener>, report: SoundReport, log: Log): void {
  for (const listener of listeners) {
    if (listener.state !== 'listening') continue;
    const { packets, bytes, sendErrors } = countersOf(report, listener.id);
    const { latest } = listener.network;
    log.info('RTP stats', {
      listener: listener.id,
      packets,
      bytes,
      sendErrors,
      lossPercent: latest?.loss_percent,
      jitterMs: latest?.jitter_ms,
      latencyMs: latest?.latency_ms,
      rendition: describe(listener),
    });
  }
}

/** `opus 48000 Hz 5 ms 64000 bit/s` */
function describe({ sound }: Listener): string {
  const { codec, sampleRate, packetMs, bitrate } = sound.rendition;
  const words = `${codec} ${sampleRate} Hz ${packetMs} ms`;
  return bitrate === 0 ? words : `${words} ${bitrate} bit/s`;
}
