// What is captured: only while it is needed, and for `auto` the card that is found.

import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { CaptureSource } from './capture-source.ts';

function setUp(device = 'auto') {
  const clock = new VirtualClock();
  const world = { device, card: null as string | null, looks: 0, changes: 0, fails: false };
  const source = new CaptureSource({
    clock,
    device: () => world.device,
    findCard: async () => {
      world.looks++;
      if (world.fails) throw new Error('no /proc');
      return world.card;
    },
    onChange: () => world.changes++,
  });
  return { clock, source, world };
}

test('nothing is captured that nobody needs, and no card is looked for', async () => {
  const { clock, source, world } = setUp();
  await clock.advanceAsync(60_000);
  expect(source.current).toBeNull();
  expect(world.looks).toBe(0);
});

test('a device that is set is taken as it is, without a look', () => {
  const { source, world } = setUp('hw:XUSB');
  source.need(true);
  expect(source.current).toBe('hw:XUSB');
  source.need(false);
  expect(source.current).toBeNull();
  expect(world.looks).toBe(0);
});

test('auto is the card where there is one, known after a look', async () => {
  const { clock, source, world } = setUp();
  world.card = 'hw:XUSB';
  source.need(true);
  expect(source.current).toBeNull();
  await clock.advanceAsync(0);
  expect(source.current).toBe('hw:XUSB');
  expect(world.changes).toBe(1);
});

test('auto is the test console where there is no card, until one comes', async () => {
  const { clock, source, world } = setUp();
  source.need(true);
  await clock.advanceAsync(0);
  expect(source.current).toBe('tones:');
  world.card = 'hw:XUSB';
  await clock.advanceAsync(4_999);
  expect(source.current).toBe('tones:');
  await clock.advanceAsync(1);
  expect(source.current).toBe('hw:XUSB');
  expect(world.changes).toBe(2);
});

test('nobody is switched from a card that fails to the test console', async () => {
  const { clock, source, world } = setUp();
  world.card = 'hw:XUSB';
  source.need(true);
  await clock.advanceAsync(0);
  world.card = null;
  await clock.advanceAsync(60_000);
  expect(source.current).toBe('hw:XUSB');
  expect(world.looks).toBe(1);
});

test('a look that fails is one that found nothing', async () => {
  const { clock, source, world } = setUp();
  world.fails = true;
  source.need(true);
  await clock.advanceAsync(5_000);
  expect(source.current).toBe('tones:');
  expect(world.looks).toBe(2);
});

test('a look that ends when nobody needs it any more changes nothing', async () => {
  const { clock, source, world } = setUp();
  world.card = 'hw:XUSB';
  source.need(true);
  source.need(false);
  await clock.advanceAsync(10_000);
  expect(source.current).toBeNull();
  expect(world.changes).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test('each time it is needed again, the card is looked for again', async () => {
  const { clock, source, world } = setUp();
  source.need(true);
  await clock.advanceAsync(0);
  source.need(false);
  world.card = 'hw:XUSB';
  source.need(true);
  expect(source.current).toBeNull();
  await clock.advanceAsync(0);
  expect(source.current).toBe('hw:XUSB');
});

test('a source is kept for 3 s for those who come back, not for more', () => {
  const { clock, source, world } = setUp('hw:XUSB');
  source.need(true);
  source.keep();
  source.need(false);
  clock.advance(2_999);
  expect(source.current).toBe('hw:XUSB');
  clock.advance(1);
  expect(source.current).toBeNull();
  expect(world.changes).toBe(1);
});

test('what is not captured is not kept', () => {
  const { source } = setUp('hw:XUSB');
  source.keep();
  expect(source.current).toBeNull();
});

test('another device takes the place of auto at once', async () => {
  const { clock, source, world } = setUp();
  source.need(true);
  await clock.advanceAsync(0);
  world.device = 'test:';
  source.need(true);
  expect(source.current).toBe('test:');
  expect(clock.pendingTimers).toBe(0);
});

test('after its end nothing is captured, looked for or waited for', async () => {
  const { clock, source } = setUp();
  source.need(true);
  source.keep();
  source.close();
  expect(source.current).toBeNull();
  expect(clock.pendingTimers).toBe(0);
});
