// The log of the thread.

import { expect, test } from 'vitest';
import type { PostedLine } from './messages.ts';
import { createPostedLog } from './posted-log.ts';

test('each line is posted with its level, and with the fields of those it came through', () => {
  const lines: PostedLine[] = [];
  const log = createPostedLog((line) => lines.push(line));
  log.debug('a');
  log.info('b', { x: 1 });
  log.with({ x: 1, y: 2 }).with({ z: 3 }).warn('c', { x: 4 });
  log.error('d');
  expect(lines).toEqual([
    { level: 'debug', message: 'a', fields: {} },
    { level: 'info', message: 'b', fields: { x: 1 } },
    { level: 'warn', message: 'c', fields: { x: 4, y: 2, z: 3 } },
    { level: 'error', message: 'd', fields: {} },
  ]);
});
