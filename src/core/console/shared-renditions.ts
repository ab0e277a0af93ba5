// How many ways of encoding there are at once: who would need one more shares one that is there.

import type { Rendition } from '#core/ports/sound-engine.ts';

/**
 * Beside the usual one, as many as adaptation has steps. Each of 32 channels takes 14 % of a core on the
 * 2-core machine it was chosen on; 20 listeners could ask for 20, and nobody would hear anything.
 */
const MAX_OTHERS = 4;

interface RenditionsInUse {
  /** What is set for all: there is always room for it. */
  readonly usual: Rendition;
  /** Of the other listeners. */
  readonly inUse: readonly Rendition[];
}

/** PCM is not encoded, and stays as it is wanted. */
export function shareRendition(wanted: Rendition, { usual, inUse }: RenditionsInUse): Rendition {
  if (wanted.codec !== 'opus' || isSameRendition(wanted, usual)) return wanted;
  const others: Rendition[] = [];
  for (const each of inUse) {
    if (isSameRendition(each, wanted)) return wanted;
    const isNew = ![usual, ...others].some((known) => isSameRendition(known, each));
    if (isNew && each.codec === 'opus') others.push(each);
  }
  return others.length < MAX_OTHERS ? wanted : nearestOf([...others, usual], wanted);
}

export function isSameRendition(one: Rendition, other: Rendition): boolean {
  return (
    one.codec === other.codec &&
    one.sampleRate === other.sampleRate &&
    one.packetMs === other.packetMs &&
    one.bitrate === other.bitrate
  );
}

function nearestOf(renditions: readonly Rendition[], wanted: Rendition): Rendition {
  return renditions.reduce((one, other) =>
    distance(other, wanted) < distance(one, wanted) ? other : one,
  );
}

/** The packet time counts for more: Wi-Fi charges by the packet. */
function distance(one: Rendition, wanted: Rendition): number {
  const packets = Math.abs(Math.log2(one.packetMs / wanted.packetMs));
  return packets + Math.abs(one.bitrate - wanted.bitrate) / wanted.bitrate;
}
