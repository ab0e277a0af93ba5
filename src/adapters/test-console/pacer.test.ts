// Blocks at absolute times: without drift, caught up after small stalls, lost after long ones.

import { describe, expect, test } from 'vitest';
import { RecordingConsoleSink } from '../../../test/support/recording-console-sink.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { framesOfBlocks, Pacer } from './pacer.ts';

function open(sampleRate = 48_000, startMs = 0) {
  const clock = new VirtualClock();
  const sink = new RecordingConsoleSink();
  const state = { isReady: true };
  clock.advance(startMs);
  const planes = [new Float32Array(framesOfBlocks(sampleRate))];
  const fill = () => state.isReady;
  const pacer = new Pacer({ sampleRate, planes, fill }, { sink, clock, originMs: 0 });
  return { clock, sink, pacer, state };
}

/** So long nothing fires while that block is handed on; `advance` has to lead beyond it. */
function stallIn(block: number, stallMs: number, { clock, sink }: ReturnType<typeof open>): void {
  const onBlock = sink.onBlock.bind(sink);
  sink.onBlock = (each) => {
    onBlock(each);
    if (sink.blocks.length === block) clock.advance(stallMs);
  };
}

/** Each block ends where the next begins, and so do their times. */
function expectGapless(sink: RecordingConsoleSink, sampleRate: number): void {
  for (const [at, block] of sink.blocks.entries()) {
    const next = sink.blocks[at + 1];
    if (!next) return;
    expect(next.firstFrame).toBe(block.firstFrame + block.frames);
    const stepMs = next.capturedAtMs - block.capturedAtMs;
    expect(stepMs).toBeCloseTo((block.frames * 1_000) / sampleRate, 2);
  }
}

describe('Pacer', () => {
  test.each([48_000, 44_100])('does not drift in 10 minutes at %i Hz', (sampleRate) => {
    const { clock, sink } = open(sampleRate, 0.3);
    clock.advance(600_000);
    expect(sink.blocks).toHaveLength(120_000);
    expect(sink.frames).toBe(600 * sampleRate);
    expectGapless(sink, sampleRate);
    const last = sink.blocks.at(-1);
    expect(last?.capturedAtMs).toBeCloseTo(clock.wallMs() - 5.3, 0);
  });

  test('gives 220 and 221 frames in turn at 44.1 kHz', () => {
    const { clock, sink } = open(44_100);
    clock.advance(20);
    expect(sink.blocks.map(({ frames }) => frames)).toEqual([220, 221, 220, 221]);
  });

  test('dates a block by when its first frame was, and gives it when its last one is over', () => {
    const { clock, sink } = open();
    clock.advance(4);
    expect(sink.blocks).toEqual([]);
    clock.advance(1);
    expect(sink.blocks[0]).toMatchObject({ firstFrame: 0, frames: 240 });
    expect(sink.blocks[0]?.capturedAtMs).toBeCloseTo(clock.wallMs() - 5);
  });

  test('catches up after a stall of 40 ms', () => {
    const opened = open();
    stallIn(3, 40, opened);
    opened.clock.advance(200);
    expect(opened.sink.blocks).toHaveLength(40);
    expectGapless(opened.sink, 48_000);
    expect(opened.sink.overruns).toEqual([]);
  });

  test('counts as lost what a longer stall missed, and goes on in time', () => {
    const opened = open();
    stallIn(3, 100, opened);
    opened.clock.advance(200);
    const { blocks, overruns, calls } = opened.sink;
    // Of the 20 blocks that were missed the newest is given.
    expect(overruns).toEqual([19 * 240]);
    expect(calls.indexOf('overrun')).toBe(3);
    expect(blocks).toHaveLength(21);
    expect(blocks[3]?.firstFrame).toBe(22 * 240);
    expect((blocks[3]?.capturedAtMs ?? 0) - (blocks[2]?.capturedAtMs ?? 0)).toBeCloseTo(100, 2);
  });

  test('counts as lost what was not there in time', () => {
    const { clock, sink, state } = open();
    clock.advance(10);
    state.isReady = false;
    clock.advance(15);
    expect(sink.calls).toEqual(['block', 'block']);
    state.isReady = true;
    clock.advance(5);
    expect(sink.overruns).toEqual([720]);
    expect(sink.blocks[2]?.firstFrame).toBe(5 * 240);
  });

  test('that starts later begins with the block that is due then', () => {
    const { clock, sink } = open(48_000, 1_002);
    clock.advance(10);
    expect(sink.blocks[0]?.firstFrame).toBe(200 * 240);
  });

  test('stops at once, also in the middle of catching up', () => {
    const opened = open();
    stallIn(1, 30, opened);
    const { onBlock } = opened.sink;
    opened.sink.onBlock = (block) => {
      onBlock(block);
      if (opened.sink.blocks.length === 2) opened.pacer.stop();
    };
    opened.clock.advance(1_000);
    expect(opened.sink.blocks).toHaveLength(2);
    expect(opened.clock.pendingTimers).toBe(0);
  });
});
