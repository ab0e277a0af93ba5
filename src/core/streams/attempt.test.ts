// An attempt's place at the gate, and its source.

import { expect, test } from 'vitest';
import type { Source, SourceSink } from '#core/ports/source.ts';
import { Attempt } from './attempt.ts';
import { OpenGate } from './open-gate.ts';

class QuickSource implements Source {
  readonly #onStart: (sink: SourceSink) => void;
  starts = 0;
  closes = 0;

  constructor(onStart: (sink: SourceSink) => void) {
    this.#onStart = onStart;
  }

  start(sink: SourceSink): void {
    this.starts++;
    this.#onStart(sink);
  }

  close(): Promise<void> {
    this.closes++;
    return Promise.resolve();
  }
}

function attempt(gate: OpenGate, onStart: (sink: SourceSink) => void) {
  const source = new QuickSource(onStart);
  const made = new Attempt(() => source, {
    onReady: () => [],
    onFlush: () => {},
    onFailed: () => void made.close(),
  });
  made.start(gate);
  return { source, made };
}

test('sources that are ready, or fail, while they start take up no place', () => {
  const gate = new OpenGate();
  for (let at = 0; at < 40; at++) attempt(gate, (sink) => void sink.ready({ formats: [] }));
  for (let at = 0; at < 40; at++) {
    attempt(gate, (sink) => sink.failed({ kind: 'retry', reason: 'no route' }));
  }
  expect(attempt(gate, () => {}).source.starts).toBe(1);
  expect(gate.waiting).toBe(0);
});

test('a source whose turn never came is neither started nor closed', async () => {
  const gate = new OpenGate();
  const first = attempt(gate, () => {});
  for (let at = 1; at < 16; at++) attempt(gate, () => {});
  const waiting = attempt(gate, () => {});
  await waiting.made.close();
  await first.made.close();
  expect(waiting.source).toMatchObject({ starts: 0, closes: 0 });
  expect(first.source).toMatchObject({ starts: 1, closes: 1 });
});
