// Tests of the log on the console.

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { consoleWriter } from './console-writer.ts';

class FakeStream extends EventEmitter {
  readonly isTTY: boolean | undefined;
  text = '';

  constructor(isTTY?: boolean) {
    super();
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }
}

const line = '{"level":"info","time":"2026-01-02T01:02:03.004Z","message":"hello","id":"x"}\n';

test('JSON lines pass as they are', () => {
  const stream = new FakeStream(true);
  consoleWriter(stream, { json: true })(line);
  expect(stream.text).toBe(line);
});

test('otherwise lines are readable, with colours only on a terminal', () => {
  const [pipe, terminal] = [new FakeStream(), new FakeStream(true)];
  consoleWriter(pipe, { json: false })(line);
  consoleWriter(terminal, { json: false })(line);
  expect(pipe.text).toMatch(/^\d\d:02:03\.004 INFO {2}hello {2}id=x\n$/);
  expect(terminal.text).toContain('\u001b[');
});

test('a console that went away does not end the process', () => {
  const stream = new FakeStream();
  consoleWriter(stream, { json: true });
  expect(() => stream.emit('error', new Error('EPIPE'))).not.toThrow();
});
