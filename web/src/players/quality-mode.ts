// Which of a camera's encodings somebody wants, as text of an address or an attribute.

import type { PlayerView } from './whep-player.ts';

/** What is not one of the three is `auto`. */
export function readQuality(text: string | null): PlayerView['quality'] {
  return text === 'main' || text === 'sub' ? text : 'auto';
}
