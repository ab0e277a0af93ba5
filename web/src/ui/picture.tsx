// The place of a picture: the player's element, and still water while it has none.

import type { ComponentChildren, Ref } from 'preact';
import type { PlayerView } from '../players/whep-player.ts';
import { StillWater } from './still-water.tsx';

interface PictureProperties {
  readonly host: Ref<HTMLDivElement>;
  readonly view: PlayerView | undefined;
  /** A picture is on its way. */
  readonly flowing: boolean;
  /** What lies on it. */
  readonly children?: ComponentChildren;
}

export function Picture({ host, view, flowing, children }: PictureProperties) {
  return (
    <div class={isPast(view) ? 'picture past' : 'picture'} ref={host}>
      {!view?.picture && <StillWater flowing={flowing} />}
      {children}
    </div>
  );
}

/** What is to be seen is the last picture of a link that was lost. */
export function isPast(view: PlayerView | undefined): boolean {
  return Boolean(view?.picture) && !view?.playing;
}
