// Test mode's signals, held against what each channel should hold.

import { describe, expect, test } from 'vitest';
import { Verification } from './verification.ts';

function constant(value: number, length = 240): Float32Array {
  return new Float32Array(length).fill(value / 32_768);
}

function sine(hz: number, { seconds = 0.5, level = 0.2512 } = {}): Float32Array {
  const length = seconds * 48_000;
  return Float32Array.from(
    { length },
    (_, at) => level * Math.sin((2 * Math.PI * hz * at) / 48_000),
  );
}

function verify(codec: 'opus' | 'pcm' | 'pcm24', channels: readonly number[]): Verification {
  const verification = new Verification();
  verification.expect({ codec, clockRate: 48_000, channels });
  return verification;
}

function problemsOf({ verdict }: Verification): (string | null)[] {
  return verdict.channels.map(({ problem }) => problem);
}

describe('PCM', () => {
  test('of each channel is its own number', () => {
    const verification = verify('pcm', [2, 7]);
    verification.heard(2, constant(2));
    verification.heard(7, constant(7));
    expect(verification.verdict).toEqual({
      ok: true,
      channels: [
        { channel: 2, checked: 240, problem: null },
        { channel: 7, checked: 240, problem: null },
      ],
    });
  });

  test('of another channel, or one wrong sample, is found, the first one', () => {
    const verification = verify('pcm', [2, 7]);
    verification.heard(2, constant(7));
    verification.heard(7, constant(7));
    const wrong = constant(7);
    wrong[17] = 8 / 32_768;
    verification.heard(7, wrong);
    verification.heard(7, constant(1));
    expect(problemsOf(verification)).toEqual(['sample 0 is 7, not 2', 'sample 257 is 8, not 7']);
    expect(verification.verdict.ok).toBe(false);
  });

  test('of 24 bits has the same numbers', () => {
    const verification = verify('pcm24', [3]);
    verification.heard(3, new Float32Array(9).fill(3 / 2 ** 23));
    expect(verification.verdict.ok).toBe(true);
    verification.heard(3, constant(3));
    expect(problemsOf(verification)).toEqual(['sample 9 is 768, not 3']);
  });
});

describe('Opus', () => {
  test.each([1, 2, 17, 32])('of channel %i is a sine of a hundred times as many Hz', (channel) => {
    const verification = verify('opus', [channel]);
    verification.heard(channel, sine(100 * channel));
    expect(verification.verdict).toMatchObject({ ok: true, channels: [{ checked: 19_200 }] });
  });

  test.each([
    [3, 200, 'it is about 200 Hz, not 300'],
    [3, 303, 'it is about 303 Hz, not 300'],
    [32, 3_100, 'it is about 3100 Hz, not 3200'],
  ])('of channel %i that is %i Hz is found', (channel, hz, problem) => {
    const verification = verify('opus', [channel]);
    verification.heard(channel, sine(hz));
    expect(problemsOf(verification)).toEqual([problem]);
  });

  test.each([
    [0.2512 * 2.2, 'its level is -5.2 dBFS, not -12'],
    [0, 'its level is -Infinity dBFS, not -12'],
  ])('at the amplitude %d is found', (level, problem) => {
    const verification = verify('opus', [1]);
    verification.heard(1, sine(100, { level }));
    expect(problemsOf(verification)).toEqual([problem]);
  });

  test('is not judged around gaps', () => {
    const verification = verify('opus', [1]);
    for (let part = 0; part < 20; part++) {
      verification.heard(1, sine(100, { seconds: 0.2 }));
      verification.missed(1);
    }
    expect(problemsOf(verification)).toEqual(['nothing of it was heard']);
  });
});

test('A channel that is never heard is a fault, and so is hearing nothing at all', () => {
  expect(new Verification().verdict).toEqual({ ok: false, channels: [] });
  const verification = verify('pcm', [1, 2]);
  verification.heard(1, constant(1));
  expect(problemsOf(verification)).toEqual([null, 'nothing of it was heard']);
});

test('After a change both codecs are judged, but not what was over before it sounded', () => {
  const verification = verify('pcm', [1, 2]);
  verification.heard(1, constant(5));
  verification.expect({ codec: 'opus', clockRate: 48_000, channels: [1] });
  verification.heard(1, sine(100));
  expect(verification.verdict.channels).toMatchObject([
    { channel: 1, problem: 'sample 0 is 5, not 1' },
    { channel: 1, problem: null },
  ]);
});

test('Sound of a channel that was not agreed on is nobody’s', () => {
  const verification = verify('pcm', [1]);
  verification.heard(9, constant(1));
  verification.missed(9);
  expect(verification.verdict.channels).toHaveLength(1);
});
