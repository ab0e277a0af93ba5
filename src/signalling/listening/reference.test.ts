// Holds docs/reference/sound.md against the contract, the constants and the payload types.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { qosAnswer, qosReport } from '#contract/audio-meta.ts';
import {
  CLOSE_KICKED,
  CLOSE_SESSION_ENDED,
  CLOSE_SHUTDOWN,
  CLOSE_TOO_MANY_LISTENERS,
  listenerMessage,
  listeningMessage,
} from '#contract/listening.ts';
import { SAMPLE_RATES } from '#contract/sound.ts';
import { payloadTypeOf } from '#media/sound/payload-types.ts';

const text = readFileSync(new URL('../../../docs/reference/sound.md', import.meta.url), 'utf8');

function section(heading: string): string {
  const [, after = ''] = text.split(`\n## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

function examplesIn(heading: string): unknown[] {
  const blocks = section(heading).matchAll(/^```json\n(.*?)^```/gms);
  const lines = Array.from(blocks, ([, block = '']) => block.trim().split('\n'));
  return lines.flat().map((line) => JSON.parse(line));
}

test('every message of a client is shown, and is one', () => {
  const shown = examplesIn('From the client').map((example) => listenerMessage.parse(example));
  const types = listenerMessage.options.map(({ shape }) => shape.type.value);
  expect(shown.map(({ type }) => type).sort()).toEqual(types.toSorted());
});

test('every message and event of the server is shown, and is one', () => {
  const examples = examplesIn('From the server');
  const shown = examples.map((example) => listeningMessage.parse(example));
  // What the contract does not know would be left out.
  expect(shown).toEqual(examples);
  const types = listeningMessage.options.map(({ shape }) => shape.type.value);
  expect(new Set(shown.map(({ type }) => type))).toEqual(new Set(types));
  const events = shown.flatMap((each) => (each.type === 'event' ? [each.payload.type] : []));
  expect(events.sort()).toEqual([
    'config_changed',
    'custom_message',
    'network_warning',
    'reconnect',
    'server_shutdown',
  ]);
});

test('the report and its answer are what the contract says', () => {
  const [report, answer] = examplesIn('HTTP');
  expect(qosReport.parse(report)).toEqual(report);
  expect(qosAnswer.parse(answer)).toEqual(answer);
});

test('every close code is told', () => {
  const told = Array.from(section('Limits and the end').matchAll(/^\| (\d{4}) \|/gm), ([, code]) =>
    Number(code),
  );
  const own = [CLOSE_SHUTDOWN, CLOSE_KICKED, CLOSE_SESSION_ENDED, CLOSE_TOO_MANY_LISTENERS];
  expect(told).toEqual(expect.arrayContaining(own));
  expect(told.sort()).toEqual([...new Set([1008, 1009, 1011, 1013, ...own])].sort());
});

test.each([
  ['Opus, bundle', 'opus', 'bundle'],
  ['Opus, plain', 'opus', 'plain'],
  ['L16', 'pcm', 'bundle'],
  ['L24', 'pcm24', 'plain'],
] as const)('the payload types of %s are right', (name, codec, layout) => {
  const [, row = ''] = RegExp(`^\\| ${name} \\| (.*) \\|$`, 'm').exec(section('RTP')) ?? [];
  const types = SAMPLE_RATES.map((sampleRate) => payloadTypeOf({ codec, layout, sampleRate }));
  expect(row.split(' | ').map(Number)).toEqual(types);
});
