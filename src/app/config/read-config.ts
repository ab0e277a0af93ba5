// From YAML text and environment to a checked configuration, or to all that is wrong with them.

import { basename } from 'node:path';
import { z } from 'zod';
import type { StreamOrigin } from '#contract/streams.ts';
import { didYouMean } from '../nearest.ts';
import { type Config, toConfig } from './config.ts';
import { applyOverrides, type Environment, type Override, readEnvironment } from './environment.ts';
import { configError, type Problem } from './problems.ts';
import { configSchema } from './schema.ts';
import { bare, childSchema, knownKeys, type Path } from './schema-walk.ts';
import { parseYamlFile, type YamlFile } from './yaml-file.ts';

/** Longer values and keys are cut in messages. */
const MAX_SHOWN_LENGTH = 40;

type Issue = z.core.$ZodIssue;

export interface ReadConfig {
  readonly config: Config;
  /** For the log: what was ignored. */
  readonly warnings: readonly string[];
}

/** `name` is the file's name for messages. Throws an `InputError` with a line for each problem. */
export function readConfig(text: string, name: string, environment: Environment = {}): ReadConfig {
  const file = parseYamlFile(text, name);
  const { overrides, problems, warnings } = readEnvironment(environment);
  const values = withoutEmpty(applyOverrides(file.values, overrides), configSchema);
  const result = configSchema.safeParse(values);
  if (result.success && problems.length === 0) {
    return { config: toConfig(result.data, streamOrigins(file, name, overrides)), warnings };
  }
  const issues = result.error?.issues ?? [];
  const place = placeFinder(file, overrides);
  throw configError([...problems, ...issues.flatMap((issue) => describe(issue, values, place))]);
}

/** Where each stream was set, by its id. */
function streamOrigins(
  file: YamlFile,
  name: string,
  overrides: readonly Override[],
): (id: string) => StreamOrigin {
  const override = overrides.find(({ path }) => path[0] === 'streams');
  if (override) return () => ({ kind: 'file', file: override.name, line: null });
  const lines = file.keyLines('streams');
  // Without its folder: whoever may watch sees it.
  return (id) => ({ kind: 'file', file: basename(name), line: lines.get(id) ?? null });
}

/**
 * A key with nothing behind it (`hosts:`) means its default, and so does null where null is no value
 * of its own.
 */
function withoutEmpty(values: unknown, schema: z.core.$ZodType): unknown {
  if (Array.isArray(values)) return values.map((entry, index) => descend(entry, schema, index));
  if (typeof values !== 'object' || values === null) return values;
  const isSection = bare(schema) instanceof z.ZodObject;
  const entries = Object.entries(values).filter(([key, value]) => {
    const setting = isSection && childSchema(schema, key);
    return !setting || (value !== undefined && (value !== null || takesNull(setting)));
  });
  return Object.fromEntries(entries.map(([key, value]) => [key, descend(value, schema, key)]));
}

function takesNull(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, null).success;
}

function descend(value: unknown, parent: z.core.$ZodType, key: PropertyKey): unknown {
  const schema = childSchema(parent, key);
  return schema ? withoutEmpty(value, schema) : value;
}

type PlaceFinder = (path: Path, part: 'key' | 'value') => string;

function placeFinder(file: YamlFile, overrides: readonly Override[]): PlaceFinder {
  return (path, part) => {
    const override = overrides.find(({ path: set }) => set.every((key, i) => key === path[i]));
    return override?.name ?? file.locate(path, part);
  };
}

function describe(issue: Issue, values: unknown, place: PlaceFinder): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      where: place([...issue.path, key], 'key'),
      message: describeUnknownKey(key, issue.path),
    }));
  }
  if (issue.code === 'invalid_key') {
    const key = JSON.stringify(cut(String(issue.path.at(-1))));
    const message = `stream id ${key} must be letters, digits, - and _, a letter or digit first; at most 64.`;
    return [{ where: place(issue.path, 'key'), message }];
  }
  const message = `${pathName(issue.path)} ${describeExpected(issue)}${describeValue(issue, values)}.`;
  return [{ where: place(issue.path, 'value'), message }];
}

function describeUnknownKey(key: string, path: Path): string {
  const section = path.length > 0 ? ` in ${pathName(path)}` : '';
  return `unknown key ${JSON.stringify(cut(key))}${section}.${didYouMean(key, knownKeys(path))}`;
}

function describeExpected(issue: Issue): string {
  if (issue.code !== 'invalid_type') return issue.message;
  if (issue.expected === 'object' || issue.expected === 'record') {
    return 'must be a mapping (indented "key: value" lines)';
  }
  return issue.expected === 'array' ? 'must be a list' : issue.message;
}

/** `, not "8O80"`. Never of places that hold passwords, even when they are misplaced there. */
function describeValue(issue: Issue, values: unknown): string {
  if (issue.code === 'custom' && issue.params?.['complete']) return '';
  const [section, key] = issue.path;
  if (section === 'streams' || section === 'access' || key === 'ice_servers') return '';
  const value = issue.path.reduce<unknown>(child, values);
  if (typeof value === 'number' || typeof value === 'boolean') return `, not ${value}`;
  return typeof value === 'string' ? `, not ${JSON.stringify(cut(value))}` : '';
}

function child(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** `webrtc.ice_servers[0].url` */
function pathName(path: Path): string {
  const name = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('');
  return name.replace(/^\./, '') || 'the configuration';
}

function cut(text: string): string {
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
}
