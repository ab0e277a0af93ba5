// What the pages say about a connection, state by state.

import { describe, expect, test } from 'vitest';
import type { ConnectionState, Failure } from '#client/connection-state.ts';
import type { PlayerView } from '../players/whep-player.ts';
import { describeFailure, describePlayer, playerTone } from './state-words.ts';

const failure: Failure = { reason: 'No stream "x".', code: 'stream_not_found' };

function view(connection: ConnectionState, playing = false): PlayerView {
  return {
    connection,
    retryInS: 7,
    playing,
    picture: false,
    muted: true,
    figures: null,
    firstFrameMs: null,
    frameAgeMs: null,
    stream: null,
    sent: null,
    quality: 'auto',
  };
}

const waiting: ConnectionState = {
  kind: 'waiting',
  attempt: 2,
  delayMs: 8_000,
  retryAtMs: 0,
  failure,
};

test.each<[ConnectionState, boolean, string, string]>([
  [{ kind: 'idle' }, false, 'Not connected', 'still'],
  [{ kind: 'connecting', attempt: 0, failure: null }, false, 'Connecting…', 'busy'],
  [{ kind: 'connecting', attempt: 2, failure }, false, 'Connecting, attempt 2…', 'busy'],
  [{ kind: 'connected', sinceMs: 0 }, false, 'Connected, waiting for the first picture', 'busy'],
  [{ kind: 'connected', sinceMs: 0 }, true, 'Connected', 'live'],
  [waiting, false, 'Trying again in 7 s', 'busy'],
  [{ kind: 'gave-up', attempts: 5, failure }, false, 'Given up', 'bad'],
  [{ kind: 'closed', reason: '' }, false, 'Disconnected', 'still'],
])('%j, playing %j, reads "%s" and looks %s', (state, playing, phrase, tone) => {
  expect(describePlayer(view(state, playing), 'en')).toBe(phrase);
  expect(playerTone(view(state, playing))).toBe(tone);
});

describe('describeFailure', () => {
  test('Failures of the client have words in both languages', () => {
    const silent = { reason: 'No sign of life for 3000 ms.', code: 'silent' };
    expect(describeFailure(silent, 'en')).toBe('Nothing arrived for 3 seconds.');
    expect(describeFailure(silent, 'ko')).toBe('3초 동안 아무것도 오지 않았습니다.');
  });

  test('Problems keep the words of the server in English and give their meaning in Korean', () => {
    const refused = { reason: 'No more than 3 viewers.', code: 'too_many_viewers' };
    expect(describeFailure(refused, 'en')).toBe('No more than 3 viewers.');
    expect(describeFailure(refused, 'ko')).toMatch(/^시청자가/);
  });

  test('A missing stream is told in the words of those who watch, not in those of the API', () => {
    expect(describeFailure(failure, 'en')).toBe('There is no stream with this id.');
    expect(describeFailure(failure, 'ko')).toBe('이 이름의 영상이 없습니다.');
  });

  test('What nobody knows is told as it came', () => {
    expect(describeFailure({ reason: 'odd', code: null }, 'ko')).toBe('odd');
    expect(describeFailure({ reason: 'odd', code: 'constructor' }, 'ko')).toBe('odd');
  });
});
