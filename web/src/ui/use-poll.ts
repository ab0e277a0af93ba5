// A polled resource of the API with the lifetime of a component.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ConnectionState } from '#client/connection-state.ts';
import { JsonPoll } from '../players/json-poll.ts';
import { isAdmin } from './admin-session.ts';
import { presence } from './presence.ts';
import { isLocked, serverState } from './server-state.ts';

interface UsedPoll<T> {
  readonly data: Signal<T | undefined>;
  readonly state: Signal<ConnectionState>;
}

/**
 * `T` is what the API promises for `url`; the pages trust their own server. Null: nothing is asked for,
 * and what has been received stays.
 */
export function usePoll<T>(url: string | null): UsedPoll<T> {
  // Who has logged in does not wait for the next attempt.
  const admin = isAdmin.value === true;
  const data = useSignal<T | undefined>(undefined);
  const state = useSignal<ConnectionState>({ kind: 'idle' });
  useEffect(() => {
    if (url === null) return undefined;
    const poll = new JsonPoll(url, {
      presence,
      events: {
        onData: (received) => {
          data.value = received as T;
        },
        onState: (entered) => {
          state.value = entered;
          serverState.value = entered;
          if (isLocked(entered)) isAdmin.value = false;
        },
      },
    });
    return () => {
      poll.close();
      serverState.value = { kind: 'idle' };
    };
  }, [url, admin, data, state]);
  return { data, state };
}
