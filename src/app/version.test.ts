// Test of the version.

import { expect, test } from 'vitest';
import { version } from './version.ts';

test('the version has three numbers', () => {
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
});
