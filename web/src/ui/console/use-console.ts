// The console with the lifetime of a component.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Failure } from '#client/connection-state.ts';
import type { ConsoleView } from '#contract/console.ts';
import { ConsoleFeed, type Levels } from '../../players/console-feed.ts';
import { isAdmin } from '../admin-session.ts';
import { presence } from '../presence.ts';
import { isLocked } from '../server-state.ts';

/** Levels come 20 times a second: they are drawn, not rendered. */
export interface LevelFeed {
  onLevels: ((levels: Levels) => void) | undefined;
}

interface UsedConsole {
  readonly view: Signal<ConsoleView | undefined>;
  /** Why nothing is told now. */
  readonly failure: Signal<Failure | null>;
  readonly levels: LevelFeed;
}

export function useConsole(): UsedConsole {
  const view = useSignal<ConsoleView | undefined>(undefined);
  const failure = useSignal<Failure | null>(null);
  const levels = useRef<LevelFeed>({ onLevels: undefined }).current;
  useEffect(() => {
    const feed = new ConsoleFeed(presence, {
      onConsole: (console) => {
        view.value = console;
      },
      onLevels: (measured) => levels.onLevels?.(measured),
      onState: (state) => {
        failure.value = 'failure' in state ? state.failure : null;
        if (isLocked(state)) isAdmin.value = false;
      },
    });
    return () => feed.close();
  }, [view, failure, levels]);
  return { view, failure, levels };
}
