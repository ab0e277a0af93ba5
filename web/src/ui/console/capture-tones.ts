// How the states of the capture look.

import type { CaptureView } from '#contract/console.ts';
import type { Tone } from '../state-words.ts';

export const CAPTURE_TONES: Readonly<Record<CaptureView['state'], Tone>> = {
  idle: 'still',
  opening: 'busy',
  live: 'live',
  failed: 'bad',
};
