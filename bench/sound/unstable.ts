// All clients behind links that become worse and worse, and outages that they have to come back from
// (PRODUCT 2.8).

import type { LinkQuality } from '../links/link.ts';
import { describeMachine } from './machine.ts';
import { holdsOutage, measureOutages } from './outages.ts';
import { pause } from './pause.ts';
import type { Point } from './point.ts';
import { tellPoint } from './progress.ts';
import { GOOD_LINK } from './relay-skills.ts';
import { report, type Scenario } from './scenario.ts';
import { parseScenario, type ScenarioOptions } from './scenario-options.ts';
import { Stage } from './stage.ts';

const CLIENTS = 20;
const SETTLE_MINUTES = 1;
const MEASURE_MINUTES = 5;
const FLAGS = ['minute', 'clients', 'out', 'seed'] as const;
/** At any scale: packets of the link before are under way for a second. */
const DRAIN_MS = 1_500;

/** Delays wander through their band, and packets stay in order; uneven ones overtake each other. */
const LINKS: readonly (readonly [label: string, quality: LinkQuality])[] = [
  ['delay 0 ms', GOOD_LINK],
  ['delay 10–50 ms', band(10, 50)],
  ['delay 50–100 ms', band(50, 100)],
  ['delay 100–500 ms', band(100, 500)],
  ['delay 500–1000 ms', band(500, 1_000)],
  ['loss 1 %', { ...GOOD_LINK, lossRatio: 0.01 }],
  ['loss 5 %', { ...GOOD_LINK, lossRatio: 0.05 }],
  ['loss 2 %, 20 ± 10 ms', { ...GOOD_LINK, lossRatio: 0.02, delayMs: 10, jitterMs: 20 }],
];

const METHOD = [
  'A relay between the server and all clients delays packets and loses some, as a seed says. Delays wander through their band within 10 s, and packets stay in order; 20 ± 10 ms are another delay for each packet, so that they overtake each other.',
  'Each link: a minute to settle, 5 minutes measured. Targets are for a normal network: that the worse links fail them is what is expected; that sound goes on is what is promised.',
  'Then the server is stopped and started, all WebSockets are cut, and the server stands still for 10 s (SIGSTOP).',
] as const;

/** True if the link without faults holds all targets, everybody heard sound on every link, and came back. */
export async function run(words: readonly string[]): Promise<boolean> {
  const scenario = await playUnstable(parseScenario(words, FLAGS));
  const { breakingPoint } = report(scenario);
  return (
    breakingPoint?.at !== 0 &&
    scenario.points.every(({ clients, listening }) => listening === clients) &&
    scenario.outages.every(holdsOutage)
  );
}

export async function playUnstable(options: ScenarioOptions): Promise<Scenario> {
  const { clients = CLIENTS, minuteMs, seed } = options;
  const startedAt = new Date().toISOString();
  const stage = await Stage.open({ maxClients: clients, seed, hasLink: true });
  const points: Point[] = [];
  try {
    await stage.crowd.growTo(clients);
    for (const [label, quality] of LINKS) {
      await stage.change(quality);
      await pause(DRAIN_MS);
      await pause(SETTLE_MINUTES * minuteMs);
      const point = await stage.measure(label, MEASURE_MINUTES * minuteMs);
      tellPoint(point);
      points.push(point);
    }
    await stage.change(GOOD_LINK);
    await pause(SETTLE_MINUTES * minuteMs);
    const outages = await measureOutages(stage, minuteMs);
    const machine = describeMachine();
    return {
      name: 'unstable',
      axis: 'links',
      method: METHOD,
      startedAt,
      machine,
      options,
      points,
      outages,
    };
  } finally {
    await stage.close();
  }
}

function band(leastMs: number, mostMs: number): LinkQuality {
  return { ...GOOD_LINK, delayMs: leastMs, swingMs: mostMs - leastMs };
}
