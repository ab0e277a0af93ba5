// A player with the lifetime of a component.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type PlayerView, WhepPlayer } from '../players/whep-player.ts';
import { presence } from './presence.ts';

interface UsedPlayer {
  /** Undefined until the component is in the page. */
  readonly player: Signal<WhepPlayer | undefined>;
  readonly view: Signal<PlayerView | undefined>;
  /** For the element that holds the picture. */
  readonly host: { readonly current: HTMLDivElement | null };
}

/** Plays `streamId` in `host` while `active`. */
export function usePlayer(streamId: string, active: boolean): UsedPlayer {
  const player = useSignal<WhepPlayer | undefined>(undefined);
  const view = useSignal<PlayerView | undefined>(undefined);
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!active) return undefined;
    const url = new URL(`/whep/${encodeURIComponent(streamId)}`, location.href).href;
    const created = new WhepPlayer(url, presence);
    created.subscribe((seen) => {
      view.value = seen;
    });
    host.current?.append(created.element);
    player.value = created;
    created.connect();
    return () => {
      created.close();
      created.element.remove();
      player.value = undefined;
      view.value = undefined;
    };
  }, [streamId, active, player, view]);
  return { player, view, host };
}
