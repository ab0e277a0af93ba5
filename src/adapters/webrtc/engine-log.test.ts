// The engine's words in the log.

import { expect, test } from 'vitest';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { EngineLog } from './engine-log.ts';

test('a thousand messages in a second are one line, and silence is none', () => {
  const clock = new VirtualClock();
  const log = new SilentLog();
  const engineLog = new EngineLog(clock, log);
  for (let at = 1; at <= 1000; at++) engineLog.add(`message ${at}`);
  clock.advance(5000);
  const fields = { messages: 1000, last: 'message 1000' };
  expect(log.lines).toEqual([{ level: 'debug', message: 'WebRTC engine', fields }]);
});

test('what was said last is told at the end', () => {
  const clock = new VirtualClock();
  const log = new SilentLog();
  const engineLog = new EngineLog(clock, log);
  engineLog.add('bye');
  engineLog.close();
  expect(log.lines).toHaveLength(1);
  expect(clock.pendingTimers).toBe(0);
});
