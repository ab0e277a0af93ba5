// The table of arrows in ARCHITECTURE.md, and what an import means in its words.

import { builtinModules } from 'node:module';
import { posix } from 'node:path';

const EVERYTHING = 'everything';

/** Folder → what it may import: folders, packages, `node:` or everything. */
type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

export function parseArrows(markdown: string): Arrows {
  const [, section = ''] = markdown.split(/^## Who may import whom$/m);
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  const arrows = new Map<string, Set<string>>();
  for (const row of rows) {
    const [, folders = '', allowed = ''] = row.split('|');
    const targets = allowed.trim() === EVERYTHING ? [EVERYTHING] : quoted(allowed);
    for (const folder of quoted(folders)) arrows.set(folder, new Set(targets));
  }
  return arrows;
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

/** Why this import is not allowed, or undefined if it is. */
export function findViolation(arrows: Arrows, path: string, specifier: string): string | undefined {
  const from = folderOf(path) ?? path;
  const to = targetOf(path, specifier);
  const allowed = allowedFor(arrows, from);
  if (!allowed) return `${path}: no line for ${from} in the table of ARCHITECTURE.md`;
  if (to === from || allowed.has(to) || allowed.has(EVERYTHING)) return undefined;
  return `${path} imports ${specifier}, but ${from} may not import ${to}`;
}

function allowedFor(arrows: Arrows, folder: string): ReadonlySet<string> | undefined {
  const own = arrows.get(folder);
  if (!folder.startsWith('adapters/')) return own;
  return arrows.get('adapters/*')?.union(own ?? new Set());
}

/** `src/adapters/webrtc/x.ts` → `adapters/webrtc`, `src/main.ts` → `main`, `web/src/x.ts` → `web`. */
function folderOf(path: string): string | undefined {
  const [top, first, second, third] = path.split('/');
  if (top === 'web') return 'web';
  if (top !== 'src' || first === undefined) return undefined;
  if (first === 'adapters' && third !== undefined) return `adapters/${second}`;
  return second === undefined ? first.replace(/\.ts$/, '') : first;
}

function targetOf(path: string, specifier: string): string {
  const [bare = ''] = specifier.split('?');
  if (bare.startsWith('#')) return folderOf(`src/${bare.slice(1)}`) ?? bare;
  if (bare.startsWith('.')) {
    const resolved = posix.join(posix.dirname(path), bare);
    return folderOf(resolved) ?? resolved;
  }
  if (bare.startsWith('node:') || builtinModules.includes(bare)) return 'node:';
  const [scope = '', name = ''] = bare.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
