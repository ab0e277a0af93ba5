// A process of listeners.
//
//   listener-process.ts URL

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { OpenOpusDecoder } from '#client/listening/voices.ts';
import type { ServerMetrics } from '#contract/audio-meta.ts';
import { openOpusDecoders } from '../../src/cli/opus-decoder.ts';
import { DelayCounts } from './delay-counts.ts';
import { countDroppedDatagrams } from './dropped-datagrams.ts';
import type { ListenerSkills } from './listener-skills.ts';
import { LoadListener } from './load-listener.ts';
import { answerQuestions } from './remote-answers.ts';

/** Finer, the monitor would cost more than it shows. */
const LOOP_RESOLUTION_MS = 5;
const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_SECOND = 1e6;

const [server = ''] = process.argv.slice(2);
const listeners: LoadListener[] = [];
const ports: number[] = [];
const latencies = new DelayCounts();
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
let reported: ServerMetrics | undefined;
let openDecoder: OpenOpusDecoder | undefined;
let [cpuBefore, droppedBefore] = [process.cpuUsage(), 0];

loop.enable();
answerQuestions<ListenerSkills>({
  async bind({ isDecoding }) {
    if (isDecoding) openDecoder ??= await openOpusDecoders();
    const listener = new LoadListener({
      server,
      openDecoder: isDecoding ? openDecoder : undefined,
      onLatency: (latencyMs) => latencies.add(latencyMs),
      onReported: (metrics) => {
        reported = metrics;
      },
    });
    const port = await listener.bind();
    ports.push(port);
    return { at: listeners.push(listener) - 1, port };
  },

  async start({ at, udpPort }) {
    listeners[at]?.start(udpPort);
  },

  async count() {
    return listeners.filter(({ hasHeard }) => hasHeard).length;
  },

  async cut() {
    for (const listener of listeners) listener.cut();
  },

  async read() {
    const { user, system } = process.cpuUsage(cpuBefore);
    const dropped = countDroppedDatagrams(ports);
    // The monitor measures its own period too.
    const loopDelayP99 = loop.percentile(99) / NANOSECONDS_PER_MS - LOOP_RESOLUTION_MS;
    const reading = {
      listeners: listeners.map((listener) => listener.read()),
      latencies: latencies.take(),
      cpuSeconds: (user + system) / MICROSECONDS_PER_SECOND,
      loopDelayP99: Math.max(0, loopDelayP99),
      fullBuffers: dropped - droppedBefore,
      reported,
    };
    loop.reset();
    cpuBefore = process.cpuUsage();
    droppedBefore = dropped;
    return reading;
  },
});
