// Holds the OpenAPI document against the routes that are really there.

import { beforeAll, expect, test } from 'vitest';
import { FakeServices } from '../../test/support/fake-services.ts';
import { codesOf, type OpenapiDocument } from '../../test/support/openapi-document.ts';
import { createApi } from './server.ts';

let document: OpenapiDocument;
const routes: string[] = [];

beforeAll(async () => {
  const app = createApi(new FakeServices());
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (!(schema as { hide?: boolean } | undefined)?.hide) routes.push(`${method} ${url}`);
  });
  document = (await app.inject('/api/v1/openapi.json')).json();
});

test('the document has every route but the pages, and no other', () => {
  const told = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(
      (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  );
  const real = routes.filter((route) => !route.startsWith('HEAD '));
  expect(told.sort()).toEqual(real.sort());
  expect(told.length).toBe(41);
});

test('it is OpenAPI 3.1, and each operation has an id, a known tag and words worth reading', () => {
  expect(document.openapi).toBe('3.1.0');
  const tags = document.tags.map((tag) => tag.name);
  const operations = Object.values(document.paths).flatMap((each) => Object.values(each));
  expect(new Set(operations.map((each) => each.operationId)).size).toBe(operations.length);
  for (const operation of operations) {
    expect(operation.operationId).toMatch(/^[a-z]\w+$/);
    expect(tags).toContain(operation.tags?.[0]);
    expect(operation.summary?.length, operation.operationId).toBeGreaterThan(10);
    expect(operation.description?.length, operation.operationId).toBeGreaterThan(40);
  }
});

test('every operation documents success and the problems that any route may answer', () => {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      expect(Object.keys(responses)[0], path).toMatch(/^2/);
      expect(codesOf(document, method, path)).toEqual(
        expect.arrayContaining(['internal', 'closing', 'uri_too_long']),
      );
    }
  }
});

test('every reference leads to a named schema, and no schema is there twice', () => {
  const names = Object.keys(document.components.schemas);
  const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
  const used = new Set([...references].map((match) => match[1]!));
  expect([...used].filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => name.endsWith('Input'))).toEqual([]);
  expect(names).toContain('Stream');
});

test('the schemas say only what the protocol says', () => {
  const text = JSON.stringify(document);
  expect(text).not.toContain('"additionalProperties":false');
  expect(text).not.toContain('9007199254740991');
});
