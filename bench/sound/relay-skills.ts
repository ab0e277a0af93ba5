// What the process with the bad link can be asked for.

import type { BadLink, LinkQuality } from '../links/link.ts';

export interface RelaySkills {
  /** The port that is to be named for a listener at that one. */
  open(listener: { readonly port: number }): Promise<number>;
  change(quality: LinkQuality): Promise<void>;
  counters(nothing: null): Promise<BadLink['counters']>;
}

export const GOOD_LINK: LinkQuality = { delayMs: 0, jitterMs: 0, lossRatio: 0, repeatRatio: 0 };
