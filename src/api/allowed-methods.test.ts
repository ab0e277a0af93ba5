// Which methods a path takes, by the patterns of the routes.

import { expect, test } from 'vitest';
import { AllowedMethods } from './allowed-methods.ts';

const allowed = new AllowedMethods();
allowed.add('/whep/:id', ['POST']);
allowed.add('/whep/:id', ['OPTIONS']);
allowed.add('/whep/:id/:sessionKey', ['PATCH', 'DELETE']);
allowed.add('/assets/*', ['GET']);
allowed.add('/', ['GET']);

test.each([
  ['/whep/gate', ['OPTIONS', 'POST']],
  ['/whep/gate/v1', ['DELETE', 'PATCH']],
  ['/', ['GET']],
  ['/assets/a/b.js', ['GET']],
  ['/assets/', ['GET']],
])('%s takes %j', (path, methods) => {
  expect(allowed.of(path)).toEqual(methods);
});

test.each(['/whep', '/whep/', '/whep/gate/', '/whep/gate/v1/x', '/assets', '', '//', 'whep/gate'])(
  '"%s" is no path of any route',
  (path) => {
    expect(allowed.of(path)).toEqual([]);
  },
);
