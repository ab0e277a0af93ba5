// Which error becomes which problem, and the reference held against both.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { problem, problemStatus, problemTitle } from '#contract/problem.ts';
import {
  assert,
  ClosedError,
  InputError,
  NotFoundError,
  StateError,
  TimeoutError,
  UnavailableError,
} from '#std/errors.ts';
import { toProblem } from './problems.ts';

test.each([
  [new InputError('x'), 'invalid_input'],
  [new InputError('x', { code: 'invalid_sdp' }), 'invalid_sdp'],
  [new InputError('x', { code: 'unknown_key' }), 'invalid_input'],
  [new InputError('x', { code: 'toString' }), 'invalid_input'],
  [new NotFoundError('x'), 'not_found'],
  [new NotFoundError('x', { code: 'stream_not_found' }), 'stream_not_found'],
  [new StateError('x', { code: 'stale_session' }), 'stale_session'],
  [new UnavailableError('x'), 'unavailable'],
  [new UnavailableError('x', { code: 'stream_not_ready' }), 'stream_not_ready'],
  [new UnavailableError('x', { code: 'ECONNREFUSED' }), 'unavailable'],
  [new ClosedError('x'), 'closing'],
  [new TimeoutError('x'), 'unavailable'],
])('%o becomes %s and keeps its message', (error, code) => {
  const made = toProblem(error);
  expect(problem.parse(made)).toEqual({
    type: `/docs#problem-${code}`,
    title: problemTitle[made.code],
    status: problemStatus[made.code],
    code,
    detail: 'x',
  });
});

test.each([
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'invalid_json'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'invalid_json'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'invalid_input'],
  ['FST_ERR_BAD_URL', 'invalid_input'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'uri_too_long'],
])("the framework's %s becomes %s in our words", (code, expected) => {
  const made = toProblem(Object.assign(new Error('framework words'), { code }));
  expect(made.code).toBe(expected);
  expect(made.detail).not.toContain('framework words');
});

test("another library's 4xx is the client's fault, in our words", () => {
  const failed = (statusCode: number) =>
    toProblem(Object.assign(new Error('secret'), { statusCode }));
  expect(failed(404)).toMatchObject({ code: 'not_found', status: 404 });
  expect(failed(403)).toMatchObject({ code: 'not_found', status: 404 });
  expect(failed(416)).toMatchObject({ code: 'invalid_input', status: 400 });
  expect(failed(502)).toMatchObject({ code: 'internal', status: 500 });
  expect(JSON.stringify([failed(404), failed(416), failed(502)])).not.toContain('secret');
});

test.each([new Error('secret'), new TypeError('secret'), 'secret', null, { code: 'invalid_sdp' }])(
  'what nobody expected (%o) is our fault and tells nothing',
  (error) => {
    const made = toProblem(error);
    expect(made.code).toBe('internal');
    expect(JSON.stringify(made)).not.toContain('secret');
  },
);

test('a broken invariant is our fault and tells nothing', () => {
  try {
    assert(false, 'secret');
  } catch (error) {
    expect(toProblem(error)).toMatchObject({ code: 'internal', status: 500 });
    expect(toProblem(error).detail).not.toContain('secret');
  }
  expect.assertions(2);
});

test('docs/reference/problems.md lists each code with its status, its meaning and a remedy', () => {
  const url = new URL('../../docs/reference/problems.md', import.meta.url);
  const rows = readFileSync(url, 'utf8').matchAll(
    /^\| `(\w+)` \| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm,
  );
  const told = [...rows].map(([, code, status, meaning, remedy]) => {
    expect(remedy?.length, code).toBeGreaterThan(10);
    return [code, Number(status), meaning];
  });
  const real = Object.entries(problemStatus).map(([code, status]) => [
    code,
    status,
    problemTitle[code as keyof typeof problemTitle],
  ]);
  expect(told).toEqual(real);
});
