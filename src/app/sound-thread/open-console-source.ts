// Which adapter captures: the test console, or a card.

import type { ConsoleSource } from '#core/ports/console-source.ts';
import type { Clock } from '#std/clock.ts';
import { createAlsaSource } from '../../adapters/alsa/alsa-source.ts';
import { createTestConsole } from '../../adapters/test-console/test-console.ts';

interface ConsoleSourceOptions {
  readonly clock: Clock;
  readonly arecord: string;
}

export function openConsoleSource(name: string, options: ConsoleSourceOptions): ConsoleSource {
  return /^(test:$|tones:$|file:)/.test(name)
    ? createTestConsole(name, options)
    : createAlsaSource(name, options);
}
