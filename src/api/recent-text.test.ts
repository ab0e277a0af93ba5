// How old a text may get.

import { expect, test } from 'vitest';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { RecentText } from './recent-text.ts';

test('a text is made once for all who ask within its age, and at once when it was forgotten', () => {
  const clock = new VirtualClock();
  let made = 0;
  const text = new RecentText(clock, 100, () => String(++made));
  expect([text.read(), text.read()]).toEqual(['1', '1']);
  clock.advance(99);
  expect(text.read()).toBe('1');
  clock.advance(1);
  expect(text.read()).toBe('2');
  text.forget();
  expect(text.read()).toBe('3');
});
