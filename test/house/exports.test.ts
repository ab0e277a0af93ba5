// What nobody imports is not exported.

import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, readText } from './repository.ts';

const EXPORT =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:interface|type|const|function|class) (\w+)/gm;
const IMPORT = /import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/g;
/** Loaded by name: the measurements by `bench/main.ts`, the settings by the pages that lead there. */
const BY_NAME = new Set(['run', 'AdminPage']);

const code = listFiles().filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'));

/** `name file.ts` for every import of the house. */
function importsOf(text: string): string[] {
  return Array.from(text.matchAll(IMPORT)).flatMap(([, names = '', from = '']) =>
    names.split(',').map((name) => {
      const [imported] = name
        .trim()
        .replace(/^type\s+/, '')
        .split(' as ');
      return `${imported} ${basename(from)}`;
    }),
  );
}

function exportsOf(text: string): string[] {
  return Array.from(text.matchAll(EXPORT), ([, name = '']) => name);
}

test('every export is imported somewhere', () => {
  const imported = new Set(code.flatMap((path) => importsOf(readText(path))));
  const unused = code
    .filter((path) => !path.includes('.test.'))
    .flatMap((path) =>
      exportsOf(readText(path))
        .filter((name) => !BY_NAME.has(name) && !imported.has(`${name} ${basename(path)}`))
        .map((name) => `${path}: ${name}`),
    );
  expect(unused).toEqual([]);
});

test('exports and imports are seen in every form that the house uses', () => {
  const text = `import { type A, b as c } from './x.ts';\nexport async function d() {}\nexport class E {}`;
  expect(importsOf(text)).toEqual(['A x.ts', 'b x.ts']);
  expect(exportsOf(text)).toEqual(['d', 'E']);
});
