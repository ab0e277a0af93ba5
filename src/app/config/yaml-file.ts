// One YAML text as plain values that still know their lines (YAML 1.2, one mapping per file).

import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type { InputError } from '#std/errors.ts';
import { configError } from './problems.ts';
import type { Path } from './schema-walk.ts';

/** Enough to share a few settings between streams; a "billion laughs" file needs many more. */
const MAX_ALIASES = 100;

/** What to do about the parser's findings. Its own words are not shown: they may quote a password. */
const REMEDIES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is there twice. Remove one of them.',
  TAB_AS_INDENT: 'a tab. Indent with spaces.',
  MULTIPLE_DOCS: 'a second document begins here. Remove the line of dashes.',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing on this line, or its indentation is wrong.',
  BLOCK_AS_IMPLICIT_KEY:
    'the indentation is wrong, or this value has a colon and needs quotes around it.',
  BLOCK_IN_FLOW: 'inside { } and [ ], a value with a colon needs quotes around it.',
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed.',
  MISSING_CHAR: 'a quote, a bracket, a colon or a comma is missing.',
  RESOURCE_EXHAUSTION: 'too deeply nested.',
  TAG_RESOLVE_FAILED: 'tags (!name) are not supported. Remove it.',
};

export interface YamlFile {
  /** A key with nothing behind it has the value undefined, one with `null` has null. */
  readonly values: unknown;
  /** `yeoul.yaml:3:3`: the key or the value at this path, or what of the path there is. */
  locate(path: Path, part: 'key' | 'value'): string;
  /** The line of each key in the mapping under this key of the root. */
  keyLines(section: string): ReadonlyMap<string, number>;
}

export function parseYamlFile(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${Math.max(col, 1)}`;
  };
  const findings = [...document.errors, ...document.warnings];
  if (findings.length > 0) {
    // The first finding at a place is the cause, further ones there are its consequences.
    const byPlace = new Map(findings.reverse().map(({ code, pos }) => [place(pos[0]), code]));
    const problems = [...byPlace].map(([where, code]) => ({ where, message: remedyFor(code) }));
    throw configError(problems.reverse());
  }
  const root = document.contents;
  if (root && !isMap(root) && !(isScalar(root) && root.value === null)) {
    const message = 'must be a mapping: lines like "server:" with indented keys below.';
    throw configError([{ where: place(root.range[0]), message }]);
  }
  visit(document, { Scalar: (_, node) => markEmpty(node) });
  return {
    values: plainValues(document, name) ?? {},
    locate: (path, part) => place(offsetOf(root, path, part)),
    keyLines: (section) =>
      keyLines(childOf(root, section)?.value, (offset) => lines.linePos(offset).line),
  };
}

/** YAML reads nothing as null; only here it is known which of the two was written. */
function markEmpty(node: Scalar): void {
  if (node.value === null && node.source === '') node.value = undefined;
}

function keyLines(node: unknown, lineAt: (offset: number) => number): Map<string, number> {
  const pairs = isMap(node) ? node.items : [];
  return new Map(
    pairs.map(({ key }) => [isScalar(key) ? String(key.value) : '', lineAt(startOf(key) ?? 0)]),
  );
}

function remedyFor(code: string): string {
  return REMEDIES[code] ?? `not valid YAML (${code}).`;
}

function plainValues(document: Pick<Document, 'toJS'>, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    throw aliasError(name);
  }
}

function aliasError(name: string): InputError {
  const message = `an alias (*name) without its anchor (&name), or more than ${MAX_ALIASES} of them.`;
  return configError([{ where: name, message }]);
}

function offsetOf(root: unknown, path: Path, part: 'key' | 'value'): number {
  let node = root;
  let offset = startOf(root) ?? 0;
  for (const [depth, key] of path.entries()) {
    const pair = childOf(node, key);
    if (!pair) return offset;
    const isKeyWanted = part === 'key' && depth === path.length - 1;
    offset = (isKeyWanted ? startOf(pair.key) : startOf(pair.value)) ?? startOf(pair.key) ?? offset;
    node = pair.value;
  }
  return offset;
}

function childOf(node: unknown, key: PropertyKey): Pick<Pair, 'key' | 'value'> | undefined {
  if (isSeq(node)) return { key: null, value: node.items[Number(key)] };
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
