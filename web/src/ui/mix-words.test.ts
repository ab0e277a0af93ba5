// What phones are told of the console's sound, in both languages.

import { expect, test } from 'vitest';
import { audioMeta } from '#contract/audio-meta.ts';
import { parseListenArguments } from '../../../src/cli/listen-arguments.ts';
import { setUpConsole } from '../../../test/support/console-set-up.ts';
import { listenCommand, listMixFacts } from './mix-words.ts';
import { words } from './words.ts';

test('What listeners get and how many they are is said in both languages', () => {
  const { console, listen } = setUpConsole();
  listen();
  console.changeSettings({ codec: 'pcm', sample_rate: 44_100, packet_time_ms: 2.5 });
  listen();
  const meta = console.meta(undefined);
  const told = (language: 'en' | 'ko') =>
    listMixFacts(meta, words[language].console).map(({ label, value }) => `${label}: ${value}`);
  expect(told('en')).toEqual([
    'Codec: PCM, 16 bit (L16)',
    'Sample rate: 44.1 kHz',
    'Packet time: 2.5 ms',
    'Listeners: 1 of at most 20',
  ]);
  expect(told('ko')).toEqual([
    '코덱: PCM 16비트 (L16)',
    '샘플 레이트: 44.1 kHz',
    '패킷 길이: 2.5 ms',
    '청취자: 최대 20명 중 1명',
  ]);
});

test('Every state that the server may be in has its words', () => {
  const states = audioMeta.shape.server.shape.state.options;
  for (const { mix } of Object.values(words)) {
    expect(Object.keys(mix.states).toSorted()).toEqual(states.toSorted());
  }
});

test('The command that is shown is one that the listener understands', () => {
  const command = listenCommand('http://10.0.0.5:8080');
  expect(command).toMatch(/^npm run listen -- /);
  const options = parseListenArguments({
    words: command.replace('npm run listen -- ', '').split(' '),
    environment: {},
    didYouMean: () => '',
  });
  expect(options?.server).toBe('http://10.0.0.5:8080');
});
