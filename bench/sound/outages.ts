// Outages that everybody has to come back from: a restart, cut connections, a server that stands still.

import { pause } from './pause.ts';
import type { Stage } from './stage.ts';

export interface Outage {
  readonly name: string;
  /** How long there was no server. */
  readonly downMs: number;
  readonly clients: number;
  /** Of them, so many heard sound again in the end. */
  readonly back: number;
  /** The longest silence of a client, without the time that there was no server. */
  readonly comebackMs: number;
}

/** Who listens is back by then, once there is a server (PRODUCT 2.5: a change of rate is the same way). */
export const COMEBACK_LIMIT_MS = 2_000;
/** Sound that came so lately goes on. */
const HEARS_MS = 250;
const GIVE_UP_MS = 60_000;
const POLL_MS = 100;
const STANDSTILL_MINUTES = 1 / 6;

interface Cause {
  readonly name: string;
  /** While it lasts nobody can come back. */
  readonly stopsServer: boolean;
  readonly play: (stage: Stage, minuteMs: number) => Promise<void>;
}

const causes: readonly Cause[] = [
  { name: 'the server restarts', stopsServer: true, play: restart },
  { name: 'all WebSockets are cut', stopsServer: false, play: ({ crowd }) => crowd.cut() },
  { name: 'the server stands still', stopsServer: true, play: standStill },
];

export async function measureOutages(stage: Stage, minuteMs: number): Promise<Outage[]> {
  const outages: Outage[] = [];
  for (const cause of causes) {
    process.stderr.write(`${cause.name} …\n`);
    outages.push(await measureOutage(stage, cause, minuteMs));
  }
  return outages;
}

export function holdsOutage({ back, clients, comebackMs }: Outage): boolean {
  return back === clients && comebackMs < COMEBACK_LIMIT_MS;
}

async function measureOutage(
  stage: Stage,
  { name, stopsServer, play }: Cause,
  minuteMs: number,
): Promise<Outage> {
  await stage.crowd.read();
  const startMs = performance.now();
  await play(stage, minuteMs);
  const endMs = performance.now();
  // A cut takes a moment to be noticed: before that, sound of the old session still comes.
  await pause(HEARS_MS);
  let gapMs = 0;
  let back = 0;
  while (back < stage.crowd.size && performance.now() - endMs < GIVE_UP_MS) {
    await pause(POLL_MS);
    const listeners = (await stage.crowd.read()).flatMap((process) => process.listeners);
    gapMs = Math.max(gapMs, ...listeners.map((listener) => listener.gapMs));
    back = listeners.filter((each) => each.isConnected && each.silentMs < HEARS_MS).length;
  }
  const downMs = stopsServer ? endMs - startMs : 0;
  const comebackMs = Math.max(0, gapMs - downMs);
  return { name, downMs, clients: stage.crowd.size, back, comebackMs };
}

async function restart({ server }: Stage): Promise<void> {
  await server.stop();
  await server.start();
}

async function standStill({ server }: Stage, minuteMs: number): Promise<void> {
  process.kill(server.pid, 'SIGSTOP');
  await pause(minuteMs * STANDSTILL_MINUTES);
  process.kill(server.pid, 'SIGCONT');
}
