// Codec lists of browsers in short.

import { expect, test } from 'vitest';
import { summarizeCodecs } from './browser-codecs.ts';

test('Each codec stands once, H.264 with its profiles, and carriers of others not at all', () => {
  const summary = summarizeCodecs([
    { mimeType: 'video/VP8' },
    { mimeType: 'video/rtx' },
    { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=42001f' },
    { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=0;profile-level-id=42001f' },
    { mimeType: 'video/H264', sdpFmtpLine: 'profile-level-id=640C1F' },
    { mimeType: 'video/H265', sdpFmtpLine: 'level-id=180;profile-id=1' },
    { mimeType: 'video/ulpfec' },
    { mimeType: 'audio/CN' },
  ]);
  expect(summary).toBe('VP8 · H264 (Baseline, High) · H265');
});

test('A profile that has no name here is left out', () => {
  const sdpFmtpLine = 'profile-level-id=010203';
  expect(summarizeCodecs([{ mimeType: 'video/H264', sdpFmtpLine }])).toBe('H264');
  expect(summarizeCodecs([])).toBe('');
});
