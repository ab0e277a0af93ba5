// Holds the documents against the repository: links, paths, commands, settings, routes, log lines.

import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createApi } from '../../src/api/server.ts';
import { problemStatus } from '../../src/contract/problem.ts';
import { FakeServices } from '../support/fake-services.ts';
import { codesOf, type OpenapiDocument } from '../support/openapi-document.ts';
import {
  anchorOf,
  findDeadLinks,
  readCode,
  readCodeBlocks,
  readHeadings,
  readInlineCode,
  readSection,
  readTree,
} from './markdown.ts';
import { listFiles, readText } from './repository.ts';

const files = listFiles();
const folders = new Set(
  files.flatMap((path) => {
    const parts = path.split('/').slice(0, -1);
    return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  }),
);
const documents = files.filter((path) => path.endsWith('.md'));
const english = readText('README.md');
const korean = readText('README.ko.md');
const architecture = readText('ARCHITECTURE.md');

function exists(path: string): boolean {
  const bare = path.replace(/\/$/, '');
  return folders.has(bare) || files.includes(bare);
}

function readIfThere(path: string): string | undefined {
  if (!exists(path)) return undefined;
  return files.includes(path) ? readText(path) : '';
}

/** `README.md: npm run x`, for each thing in a document that is wrong. */
function findInDocuments(find: (markdown: string, path: string) => string[]): string[] {
  return documents.flatMap((path) =>
    find(readText(path), path).map((wrong) => `${path}: ${wrong}`),
  );
}

test('every link within the documents leads to a file, and its anchor to a heading', () => {
  expect(documents.length).toBeGreaterThan(15);
  expect(findInDocuments((_, path) => findDeadLinks(path, readIfThere))).toEqual([]);
});

test('a link to a missing file or heading is found', () => {
  const pages: Record<string, string> = {
    'docs/a.md':
      '[1](b.md) [2](c.md) [3](b.md#two-words) [4](b.md#three) [5](#one) [6](https://x.y)',
    'docs/b.md': '# `Two` words!\n```\n# three\n```\n',
  };
  const read = (path: string) => pages[path];
  expect(findDeadLinks('docs/a.md', read)).toEqual(['c.md', 'b.md#three', '#one']);
  expect(anchorOf('다시 연결하기, POST /whep/{id}')).toBe('다시-연결하기-post-whepid');
});

test('both READMEs have the same headings, code, tables and links', () => {
  const shape = (text: string) => ({
    headings: readHeadings(text).map(([level]) => level),
    blocks: readCodeBlocks(text),
    rows: text.match(/^\|/gm)?.length,
    links: text.match(/\]\([^)]+\)/g)?.filter((link) => !link.includes('README')),
  });
  expect(shape(korean)).toEqual(shape(english));
  expect(new Set(readInlineCode(korean))).toEqual(new Set(readInlineCode(english)));
});

test('the tree in ARCHITECTURE.md is the real one', () => {
  const [block] = readCodeBlocks(readSection(architecture, '## The tree'));
  const tree = readTree(block?.text ?? '');
  expect(tree.length).toBeGreaterThan(40);
  expect(tree.filter((path) => !exists(path))).toEqual([]);
  const named = new Set(tree.map((path) => path.replace(/\/$/, '')));
  const top = [...folders].filter((path) => /^(src|docs|test)\/[^/]+$|^[^/]+$/.test(path));
  const layers = [...folders].filter((path) =>
    /^src\/(adapters|core|media|app)\/[^/]+$/.test(path),
  );
  expect([...top, ...layers].filter((path) => !named.has(path))).toEqual([]);
});

test('a tree is read with its levels', () => {
  const text =
    'a.md, b.md   two\nsrc/\n  main.ts  starts\n  std/     tools\n    x.ts\nweb/\n  y.ts\n';
  expect(readTree(text)).toEqual([
    ...['a.md', 'b.md', 'src/', 'src/main.ts', 'src/std/', 'src/std/x.ts', 'web/', 'web/y.ts'],
  ]);
});

test('every path of this repository that a document names exists', () => {
  const isPath = /^(src|web\/src|test|bench|scripts|docs|\.ci)\/[\w./-]*$/;
  const missing = (markdown: string) =>
    readInlineCode(markdown).filter((text) => isPath.test(text) && !exists(text));
  expect(findInDocuments(missing)).toEqual([]);
  expect(missing('`src/nowhere.ts`, `src/main.ts`')).toEqual(['src/nowhere.ts']);
});

test('every npm command in the documents is a script of package.json', () => {
  const { scripts } = JSON.parse(readText('package.json'));
  const unknown = (markdown: string) =>
    readCode(markdown)
      .flatMap((text) => [...text.matchAll(/\bnpm (?:run )?([a-z]+)/g)])
      .map((match) => match[1] ?? '')
      .filter((name) => name !== 'ci' && name !== 'run' && !(name in scripts));
  expect(findInDocuments(unknown)).toEqual([]);
  expect(unknown('`npm run nothing`, `npm ci && npm start`')).toEqual(['nothing']);
});

test('the test command of both READMEs is what continuous integration runs', () => {
  const command = readText('.ci/run').trimEnd().split('\n').at(-1);
  for (const text of [english, korean]) {
    expect(readCodeBlocks(text)).toContainEqual({ language: 'sh', text: `${command}\n` });
  }
});

/** `webrtc.hosts`, also where its value follows. */
const SETTING =
  /^(?:access|cameras|console|data|logging|metrics|rtsp|server|transcoding|webrtc)\.[a-z_]+(?=$|:)/;

test('every setting in the documents is one of yeoul.example.yaml', () => {
  const example: unknown = parse(readText('yeoul.example.yaml'));
  const known = (keys: string[]) =>
    keys.reduce<unknown>((value, key) => value && Reflect.get(Object(value), key), example);
  const unknown = (markdown: string) =>
    readInlineCode(markdown)
      .map((text) => SETTING.exec(text)?.[0])
      .filter((name) => name !== undefined)
      .filter((name) => known(name.split('.')) === undefined);
  expect(findInDocuments(unknown)).toEqual([]);
  expect(unknown('`webrtc.hosts: [x]`, `webrtc.prot`, `access.reed`')).toEqual([
    ...['webrtc.prot', 'access.reed'],
  ]);
});

let openapi: OpenapiDocument;
const routes: string[] = [];

beforeAll(async () => {
  const app = createApi(new FakeServices());
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push(`${each} ${url}`);
  });
  openapi = (await app.inject('/api/v1/openapi.json')).json();
});

test('the table of paths in both READMEs is that of the pages and of the OpenAPI document', () => {
  const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const pages = ['/', '/view/{id}', '/mix', '/admin', '/embed/{id}', '/docs'];
  // OpenAPI knows no WebSockets.
  const sockets = ['WS /ws/{id}', 'WS /audio-ws', 'WS /api/v1/console/live'];
  for (const [text, heading] of [
    [english, '## Pages and API'],
    [korean, '## 페이지와 API'],
  ] as const) {
    const rows = readSection(text, heading).matchAll(/^\| `([^`]+)`/gm);
    const told = Array.from(rows, ([, path = '']) => path);
    expect(told.toSorted()).toEqual([...pages, ...sockets, ...operations].toSorted());
  }
  const patterns = pages.map((page) => `GET ${page.replace('{id}', ':id')}`);
  expect(routes).toEqual(expect.arrayContaining(patterns));
});

test.each([
  ['whep.md', '## Watch: POST /whep/{id}', 'POST', '/whep/{id}'],
  [
    'whep.md',
    '## More candidates: PATCH /whep/{id}/{sessionKey}',
    'PATCH',
    '/whep/{id}/{sessionKey}',
  ],
  ['whip.md', '## Publish: POST /whip/{id}', 'POST', '/whip/{id}'],
])('%s has every code and its status under "%s"', (file, heading, method, path) => {
  const section = readSection(readText(`docs/reference/${file}`), heading);
  const rows = section.matchAll(/^\| (\d{3}) \| (`[^|]+`) \|/gm);
  const told = Array.from(rows, ([, status, codes = '']) =>
    readInlineCode(codes).map((code) => [code, Number(status)]),
  ).flat();
  const anywhere = ['uri_too_long', 'internal', 'closing'];
  const real = codesOf(openapi, method, path).filter((code) => !anywhere.includes(code));
  const statuses: Readonly<Record<string, number>> = problemStatus;
  expect(told.toSorted()).toEqual(real.map((code) => [code, statuses[code]]).toSorted());
});

/** What the log is given as a message, up to what is filled in. */
function readMessages(source: string): string[] {
  const call = /\blog\s*\.\s*(?:debug|info|warn|error)\(\s*(['"`])(.*?)(?:\$\{|\1)/g;
  return Array.from(source.matchAll(call), ([, , message = '']) => message.trim());
}

test('every log line of the server is in docs/reference/logs.md', () => {
  const reference = readText('docs/reference/logs.md');
  const sources = files.filter((path) => /^src\/.*(?<!\.test)\.ts$/.test(path));
  const messages = sources.flatMap((path) => readMessages(readText(path)));
  expect(messages.length).toBeGreaterThan(10);
  expect(messages.filter((message) => !reference.includes(`\`${message}`))).toEqual([]);
  expect(readMessages(`this.#log.info(\n  \`Stream \${state}\`, {})`)).toEqual(['Stream']);
});
