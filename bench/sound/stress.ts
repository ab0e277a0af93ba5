// All clients at once, for 30 minutes (PRODUCT 2.8).

import { describeMachine } from './machine.ts';
import { measureMinutes } from './minutes.ts';
import { report, type Scenario } from './scenario.ts';
import { parseScenario, type ScenarioOptions } from './scenario-options.ts';

const MINUTES = 30;
const FLAGS = ['minute', 'clients', 'minutes', 'out', 'fault', 'seed'] as const;
const METHOD = [
  'All clients join at once. After a minute each of the next ones is measured by itself.',
] as const;

/** True if all targets hold in every minute. */
export async function run(words: readonly string[]): Promise<boolean> {
  const scenario = await playStress(parseScenario(words, FLAGS));
  return report(scenario).breakingPoint === undefined;
}

export async function playStress(options: ScenarioOptions): Promise<Scenario> {
  const startedAt = new Date().toISOString();
  const points = await measureMinutes({ ...options, minutes: options.minutes ?? MINUTES });
  return {
    name: 'stress',
    axis: 'minutes',
    method: METHOD,
    startedAt,
    machine: describeMachine(),
    options,
    points,
    outages: [],
  };
}
