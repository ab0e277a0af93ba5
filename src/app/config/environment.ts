// Settings from the environment: `YEOUL_SERVER_HTTP_PORT=9000` comes before `server.http_port`.

import { z } from 'zod';
import { didYouMean } from '../nearest.ts';
import type { Problem } from './problems.ts';
import { bare, type Path, type Setting, settings } from './schema-walk.ts';

const PREFIX = 'YEOUL_';

/** More unknown variables than this are not listed: the first ones tell the story. */
const MAX_WARNINGS = 20;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Override {
  /** `YEOUL_SERVER_HTTP_PORT` */
  readonly name: string;
  readonly path: Path;
  readonly value: unknown;
}

interface EnvironmentSettings {
  readonly overrides: readonly Override[];
  readonly problems: readonly Problem[];
  /**
   * Unknown variables are warnings, not errors: Kubernetes sets `YEOUL_PORT`, `YEOUL_SERVICE_HOST`
   * and more in every container that has a service of this name beside it.
   */
  readonly warnings: readonly string[];
}

export function readEnvironment(environment: Environment): EnvironmentSettings {
  const known = new Map(settings().map((setting) => [variableName(setting.path), setting]));
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(environment)) {
    // Compose files set variables to nothing that the host does not have: that is "not set".
    if (!name.startsWith(PREFIX) || !text) continue;
    const setting = known.get(name);
    if (!setting) {
      const guess = didYouMean(name, known.keys());
      warnings.push(`Environment variable ${name} is not a setting and is ignored.${guess}`);
      continue;
    }
    const value = parseValue(setting, text);
    if (value === undefined)
      problems.push({
        where: name,
        message: 'must be valid JSON, like ["a", "b"] or {"gate": {"source": "test:"}}.',
      });
    else overrides.push({ name, path: setting.path, value });
  }
  return { overrides, problems, warnings: warnings.slice(0, MAX_WARNINGS) };
}

/** Puts the overrides over the file's values, which are left as they are. */
export function applyOverrides(values: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce((changed, { path, value }) => replaceAt(changed, path, value), values);
}

function variableName(path: readonly string[]): string {
  return PREFIX + path.join('_').toUpperCase();
}

/** Text that does not fit is passed on as it is: the schema says what is expected. */
function parseValue({ schema }: Setting, text: string): unknown {
  const kind = bare(schema);
  if (schema !== kind && text === 'null') return null;
  if (kind instanceof z.ZodNumber) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (kind instanceof z.ZodBoolean) return text === 'true' || (text === 'false' ? false : text);
  if (kind instanceof z.ZodRecord) return parseJson(text);
  if (!(kind instanceof z.ZodArray)) return text;
  if (text.trimStart().startsWith('[') || !(kind.element instanceof z.ZodString)) {
    return parseJson(text);
  }
  return text.split(',').map((entry) => entry.trim());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function replaceAt(values: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  // A section that is no mapping stays, so that the error about it is not hidden.
  if (values !== undefined && values !== null && !isMapping(values)) return values;
  const section = isMapping(values) ? values : {};
  return { ...section, [key]: replaceAt(section[String(key)], rest, value) };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
