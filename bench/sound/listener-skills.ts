// What a process of listeners can be asked for.

import type { ServerMetrics } from '#contract/audio-meta.ts';
import type { CountsMessage } from './delay-counts.ts';
import type { ListenerReading } from './load-listener.ts';

/** Since the last one. */
export interface ProcessReading {
  readonly listeners: readonly ListenerReading[];
  readonly latencies: CountsMessage;
  readonly cpuSeconds: number;
  readonly loopDelayP99: number;
  readonly fullBuffers: number;
  /** What the server last answered to a report. */
  readonly reported: ServerMetrics | undefined;
}

export interface ListenerSkills {
  /** One more listener, which waits. */
  bind(wish: {
    readonly isDecoding: boolean;
  }): Promise<{ readonly at: number; readonly port: number }>;
  start(listener: { readonly at: number; readonly udpPort: number }): Promise<void>;
  /** How many have ever heard something. */
  count(nothing: null): Promise<number>;
  /** All their WebSockets. */
  cut(nothing: null): Promise<void>;
  read(nothing: null): Promise<ProcessReading>;
}
