// The channels before anybody has named them: CH01 to CH32, all of them going out (PRODUCT 2.2).

import type { ConsoleChannel } from '#contract/console.ts';
import { CONSOLE_CHANNELS } from '#contract/sound.ts';

export function createDefaultChannels(): ConsoleChannel[] {
  return Array.from({ length: CONSOLE_CHANNELS }, (_, index) => {
    const id = index + 1;
    const name = `CH${String(id).padStart(2, '0')}`;
    return { id, name, color: null, source: null, mapped: true };
  });
}
