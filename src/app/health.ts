// The health of the server, part by part.

import type { HealthView } from '#contract/health.ts';
import type { StreamView } from '#contract/streams.ts';

interface HealthFacts {
  readonly version: string;
  readonly uptimeMs: number;
  readonly wallMs: number;
  readonly streams: readonly StreamView[];
  readonly viewers: number;
  readonly maxViewers: number;
}

export function viewHealth(facts: HealthFacts): HealthView {
  const parts = [viewersPart(facts), ...facts.streams.map(streamPart)];
  return {
    status: parts.every(({ status }) => status === 'ok') ? 'ok' : 'degraded',
    version: facts.version,
    uptimeSeconds: Math.round(facts.uptimeMs) / 1000,
    time: new Date(facts.wallMs).toISOString(),
    parts,
  };
}

/** Nothing is wrong with a stream that nobody watches, or wants. */
const HEALTHY: readonly StreamView['state'][] = ['live', 'idle', 'disabled'];

type Part = HealthView['parts'][number];

function viewersPart({ viewers, maxViewers }: HealthFacts): Part {
  const full = viewers >= maxViewers;
  return {
    name: 'viewers',
    status: full ? 'degraded' : 'ok',
    detail: full ? `All ${maxViewers} places are taken (webrtc.max_peers).` : null,
  };
}

function streamPart({ id, state, reason }: StreamView): Part {
  const status = HEALTHY.includes(state) ? 'ok' : 'degraded';
  return { name: `stream:${id}`, status, detail: status === 'ok' ? null : (reason ?? state) };
}
