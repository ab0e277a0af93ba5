// The command line of the scenarios.

import { parseArgs } from 'node:util';
import { type Fault, parseFault } from './fault.ts';

export interface ScenarioOptions {
  /** What a minute of the scenario lasts. */
  readonly minuteMs: number;
  readonly clients: number | undefined;
  /** Of the measurement; only where a scenario has one. */
  readonly minutes: number | undefined;
  readonly out: string | undefined;
  readonly fault: Fault | undefined;
  readonly seed: number;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
/** As many listeners as the configuration allows. */
const MAX_CLIENTS = 200;
const MAX_MINUTES = 24 * 60;
const SEED = 20_261_120;

const FLAGS = ['minute', 'clients', 'minutes', 'out', 'fault', 'seed'] as const;
type Flag = (typeof FLAGS)[number];

/** Only those flags may be there. Throws what is wrong with them. */
export function parseScenario(
  words: readonly string[],
  allowed: readonly Flag[] = FLAGS,
): ScenarioOptions {
  const flags = Object.fromEntries(allowed.map((flag) => [flag, { type: 'string' }] as const));
  const { values } = parseArgs({ args: [...words], options: flags });
  const {
    minute = '1m',
    clients,
    minutes,
    out,
    fault,
    seed,
  } = values as Partial<Record<Flag, string>>;
  return {
    minuteMs: parseDuration(minute),
    clients: parseCount('--clients', clients, MAX_CLIENTS),
    minutes: parseCount('--minutes', minutes, MAX_MINUTES),
    out,
    fault: fault === undefined ? undefined : parseFault(fault),
    seed: parseCount('--seed', seed, 2 ** 32) ?? SEED,
  };
}

/** `1m`, `5s`, `200ms` */
function parseDuration(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const durationMs = Number(number) * (UNITS_MS[unit] ?? Number.NaN);
  if (durationMs > 0) return durationMs;
  throw new Error(`--minute must be a time such as 1m, 5s or 200ms, not "${text}"`);
}

function parseCount(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
  throw new Error(`${name} must be a whole number from 1 to ${most}, not "${text}"`);
}
