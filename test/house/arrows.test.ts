// Holds the table of arrows in ARCHITECTURE.md against the real imports.

import { expect, test } from 'vitest';
import { findViolation, parseArrows } from './arrows.ts';
import { COMPUTED, readImports } from './imports.ts';
import { listFiles, readText } from './repository.ts';

const arrows = parseArrows(readText('ARCHITECTURE.md'));

function violationsIn(path: string, source: string): string[] {
  const found = readImports(source).map((specifier) => findViolation(arrows, path, specifier));
  return found.filter((violation) => violation !== undefined);
}

const sources = [...listFiles('src'), ...listFiles('web')].filter(
  (path) => /\.tsx?$/.test(path) && !/\.(test|config|d)\.tsx?$/.test(path),
);

test('the table has a line for every layer', () => {
  expect([...arrows.keys()]).toEqual(
    expect.arrayContaining([
      'std',
      'contract',
      'media',
      'core',
      'client',
      'adapters/*',
      'api',
      'web',
    ]),
  );
  expect(arrows.get('std')).toEqual(new Set());
});

test('no file imports what its folder may not', () => {
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.flatMap((path) => violationsIn(path, readText(path)))).toEqual([]);
});

test.each([
  ['src/core/x.ts', `import { openLog } from '../app/logging/open-log.ts';`, 'app'],
  ['src/core/x.ts', `import type { Server } from '#api/server.ts';`, 'api'],
  ['src/media/x.ts', `import {\n  a,\n  b,\n} from '#core/ports/log.ts';`, 'core'],
  ['src/std/x.ts', `import { readFileSync } from 'node:fs';`, 'node:'],
  ['src/std/x.ts', `import 'fs/promises';`, 'node:'],
  ['src/client/x.ts', `export * from 'zod';`, 'zod'],
  ['src/adapters/webrtc/x.ts', `const x = await import('../rtsp/client.ts');`, 'adapters/rtsp'],
  ['src/adapters/rtsp/x.ts', `import { Peer } from 'node-datachannel';`, 'node-datachannel'],
  ['src/adapters/rtsp/x.ts', `let x: import('@fastify/static').Options;`, '@fastify/static'],
  ['src/api/x.ts', `const x = await import(name);`, COMPUTED],
  ['src/api/x.ts', `const x = await import(\`./\${name}.ts\`);`, COMPUTED],
  ['web/src/x.ts', `new Worker(new URL('../../src/core/x.ts', import.meta.url));`, 'core'],
  ['web/src/x.ts', `import text from '../../package.json?raw';`, 'package.json'],
])('in %s, %s is found', (path, source, target) => {
  expect(violationsIn(path, source)).toEqual([
    expect.stringMatching(RegExp(`may not import ${RegExp.escape(target)}$`)),
  ]);
});

test.each([
  ['src/contract/x.ts', `import { z } from 'zod';`],
  ['src/core/a/x.ts', `import { once } from '#std/once.ts';`],
  ['src/adapters/webrtc/x.ts', `import { PeerConnection } from 'node-datachannel';`],
  ['src/adapters/webrtc/x.ts', `import { createSocket } from 'node:dgram';`],
  ['src/app/x.ts', `import manifest from '../../package.json' with { type: 'json' };`],
  ['src/main.ts', `import { startYeoul } from './app/yeoul.ts';`],
  ['web/src/ui/x.tsx', `import './wall.css';\nimport { useState } from 'preact/hooks';`],
  ['src/std/x.ts', `// import x from 'zod'\n/* import('zod') */\nconst url = 'https://a.example';`],
])('in %s, %s is allowed', (path, source) => {
  expect(violationsIn(path, source)).toEqual([]);
});

test('a folder without a line in the table is found', () => {
  expect(violationsIn('src/elsewhere/x.ts', `import './y.ts';`)).toEqual([
    'src/elsewhere/x.ts: no line for elsewhere in the table of ARCHITECTURE.md',
  ]);
});
