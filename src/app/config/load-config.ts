// The configuration from disk: the named file, else `yeoul.yaml` beside the process if there is one.

import { readFileSync, statSync } from 'node:fs';
import { InputError } from '#std/errors.ts';
import type { Environment } from './environment.ts';
import { type ReadConfig, readConfig } from './read-config.ts';

const DEFAULT_PATH = 'yeoul.yaml';

/** 4,000 cameras take 600 KiB; the YAML parser's work grows with the square of a mapping's keys. */
const MAX_FILE_BYTES = 1024 * 1024;

interface LoadedConfig extends ReadConfig {
  /** Undefined: there is no file, all is default or from the environment. */
  readonly path: string | undefined;
}

/** `path` is what the command line names; that file must exist. */
export function loadConfig(path: string | undefined, environment: Environment): LoadedConfig {
  const text = readText(path ?? DEFAULT_PATH, path !== undefined);
  const name = path ?? DEFAULT_PATH;
  const found = text === undefined ? undefined : name;
  return { ...readConfig(text ?? '', name, environment), path: found };
}

function readText(path: string, mustExist: boolean): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readBounded(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' && !mustExist) return undefined;
    throw unreadable(path, code === 'ENOENT' ? 'there is no such file' : String(code), error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(path, 'it is not UTF-8 text', error);
  }
}

/** Looks before it opens: opening a pipe that nobody writes to would wait for ever. */
function readBounded(path: string): Uint8Array {
  const facts = statSync(path);
  if (!facts.isFile()) throw unreadable(path, 'it is not a file');
  if (facts.size > MAX_FILE_BYTES) {
    throw unreadable(path, `it has ${facts.size} bytes, more than ${MAX_FILE_BYTES}`);
  }
  return readFileSync(path);
}

function unreadable(path: string, reason: string, cause?: unknown): InputError {
  const message = `Cannot read the configuration ${JSON.stringify(path)}: ${reason}. Name another file with --config.`;
  return new InputError(message, { code: 'unreadable_config', cause });
}
