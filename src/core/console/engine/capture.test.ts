// Capture: sources one after the other, and what people are told about them.

import { describe, expect, test } from 'vitest';
import { FakeConsoleSource } from '../../../../test/support/sound-engine-set-up.ts';
import type { ConsoleFormat, SoundBlock } from '../../ports/console-source.ts';
import type { CaptureState } from '../../ports/sound-engine.ts';
import { Capture } from './capture.ts';

const FORMAT: ConsoleFormat = { sampleRate: 48_000, channels: 32, name: 'S32_LE', remark: null };
const BLOCK: SoundBlock = { planes: [], frames: 240, firstFrame: 0, capturedAtMs: 0 };

/** Closes when it is told to. */
class SlowSource extends FakeConsoleSource {
  finish: () => void = () => {};

  override close(): Promise<void> {
    this.isClosed = true;
    return new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = () => reject(new Error('the child hangs'));
    });
  }

  fail: () => void = () => {};
}

function setUp() {
  const sources: SlowSource[] = [];
  const states: CaptureState[] = [];
  const blocks: SoundBlock[] = [];
  let opened = 0;
  const capture = new Capture({
    openSource: (name) => {
      if (name === 'nonsense') throw new Error('Cannot open "nonsense".');
      const source = new SlowSource(name);
      sources.push(source);
      return source;
    },
    onOpen: () => opened++,
    onState: (state) => states.push(state),
    onBlock: (block) => blocks.push(block),
  });
  return { capture, sources, states, blocks, openedCount: () => opened };
}

const settle = () => new Promise(setImmediate);

test('a source is opened, says its format, and is live', () => {
  const { capture, sources, states, blocks } = setUp();
  capture.set('hw:XUSB');
  expect(capture.isLive).toBe(false);
  sources[0]?.sink?.onBlock(BLOCK);
  expect(blocks).toEqual([]);
  sources[0]?.sink?.onFormat({ ...FORMAT, remark: 'the card is set to 2/2' });
  sources[0]?.sink?.onBlock(BLOCK);
  expect(blocks).toEqual([BLOCK]);
  expect(capture.isLive).toBe(true);
  expect(states).toMatchObject([
    { state: 'opening', source: 'hw:XUSB', reason: null, sampleRate: null, format: null },
    { state: 'live', reason: 'the card is set to 2/2', sampleRate: 48_000, channels: 32 },
  ]);
});

test('the same name again changes nothing', () => {
  const { capture, sources, states } = setUp();
  capture.set('tones:');
  capture.set('tones:');
  expect(sources).toHaveLength(1);
  expect(states).toHaveLength(1);
});

describe('one that fails', () => {
  test('says why, and is live again with a block or a format', () => {
    const { capture, sources, states } = setUp();
    capture.set('hw:XUSB');
    const sink = sources[0]?.sink;
    sink?.onFailed('no such card');
    sink?.onFormat(FORMAT);
    sink?.onFailed('the card was pulled out');
    sink?.onBlock(BLOCK);
    expect(states.map(({ state, reason, restarts }) => [state, reason, restarts])).toEqual([
      ['opening', null, 0],
      ['failed', 'no such card', 0],
      ['live', null, 1],
      ['failed', 'the card was pulled out', 1],
      ['live', null, 2],
    ]);
    expect(sources).toHaveLength(1);
  });

  test('to open at all is a failure with its message', () => {
    const { capture, states } = setUp();
    capture.set('nonsense');
    expect(states.at(-1)).toMatchObject({ state: 'failed', reason: 'Cannot open "nonsense".' });
    capture.set('tones:');
    expect(states.at(-1)).toMatchObject({ state: 'opening', reason: null });
  });
});

describe('another one', () => {
  test('is opened when the first has closed; of many wishes the last one', async () => {
    const { capture, sources, states, openedCount } = setUp();
    capture.set('hw:A');
    capture.set('hw:B');
    capture.set('hw:C');
    await settle();
    expect(sources.map(({ name }) => name)).toEqual(['hw:A']);
    sources[0]?.finish();
    await settle();
    expect(sources.map(({ name }) => name)).toEqual(['hw:A', 'hw:C']);
    expect(openedCount()).toBe(2);
    expect(states.map(({ source }) => source)).toEqual(['hw:A', 'hw:B', 'hw:C']);
  });

  test('is opened even if the first could not be closed', async () => {
    const { capture, sources } = setUp();
    capture.set('hw:A');
    capture.set('hw:B');
    sources[0]?.fail();
    await settle();
    expect(sources.map(({ name }) => name)).toEqual(['hw:A', 'hw:B']);
  });

  test('is not disturbed by what the first still says', async () => {
    const { capture, sources, states, blocks } = setUp();
    capture.set('hw:A');
    const old = sources[0]?.sink;
    capture.set('hw:B');
    old?.onFormat(FORMAT);
    old?.onBlock(BLOCK);
    old?.onOverrun(5);
    old?.onFailed('gone');
    capture.tellNews();
    expect(blocks).toEqual([]);
    expect(states.map(({ state }) => state)).toEqual(['opening', 'opening']);
  });
});

test('overruns are said when asked for, once', () => {
  const { capture, sources, states } = setUp();
  capture.set('hw:A');
  sources[0]?.sink?.onOverrun(100);
  sources[0]?.sink?.onOverrun(50);
  capture.tellNews();
  capture.tellNews();
  expect(states).toMatchObject([{ overruns: 0 }, { overruns: 2, lostFrames: 150 }]);
});

test('close waits for the source, also a second time', async () => {
  const { capture, sources, states } = setUp();
  capture.set('hw:A');
  let closed = 0;
  const closing = [capture.close(), capture.close()].map((each) => each.then(() => closed++));
  await settle();
  expect(closed).toBe(0);
  sources[0]?.finish();
  await Promise.all(closing);
  await capture.close();
  expect(states.at(-1)).toMatchObject({ state: 'idle', source: null });
  expect(sources).toHaveLength(1);
});
