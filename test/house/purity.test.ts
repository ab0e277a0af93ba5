// The pure layers cannot reach the world: what would is a compile error (ARCHITECTURE, "The idea").

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yeoul-purity-'));
  const project = {
    extends: join(root, 'tsconfig.pure.json'),
    include: [join(root, 'src/pure-globals.d.ts'), join(folder, 'probe.ts')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler of the pure layers says to this line. */
function compile(line: string): string {
  writeFileSync(join(folder, 'probe.ts'), `${line}\nexport {};\n`);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test.each([
  "import 'node:dgram';",
  'Buffer.alloc(1);',
  'setTimeout(() => {}, 1);',
  "console.log('x');",
  'performance.now();',
  'window.close();',
  "fetch('x');",
  'process.exit();',
])('%s does not compile in a pure layer', (line) => {
  expect(compile(line)).toMatch(/error TS\d+/);
});

test('what pure code may use does', () => {
  expect(compile('new TextDecoder().decode(new Uint8Array(1));')).toBe('');
});
