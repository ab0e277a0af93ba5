// The files of this repository, without what is installed, built or measured.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Not in the repository: see .gitignore. */
const SKIPPED = new Set(['node_modules', '.git', 'dist', 'coverage', 'logs', 'data', 'results']);

/** Paths from the root, with slashes: `src/main.ts`. */
export function listFiles(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (SKIPPED.has(entry.name)) return [];
    if (entry.isDirectory()) return listFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
