// Something of the API that is read once, as soon as the server can be reached, and when it is asked for.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Connection, type Link } from '#client/connection.ts';
import type { Failure } from '#client/connection-state.ts';
import { request } from '#client/http.ts';
import { browserClock } from '../players/browser-clock.ts';
import { browserFetch } from '../players/browser-fetch.ts';
import { presence } from './presence.ts';

interface UsedDocument<T> {
  readonly document: Signal<T | undefined>;
  readonly failure: Signal<Failure | null>;
  /** What has been read stays until then. */
  readAgain(): void;
}

/** `T` is what the API promises for `url`. */
export function useDocument<T>(url: string): UsedDocument<T> {
  const document = useSignal<T | undefined>(undefined);
  const failure = useSignal<Failure | null>(null);
  const reading = useSignal(0);
  useEffect(() => {
    const dial = async (signal: AbortSignal): Promise<Link> => {
      const response = await request(browserFetch, url, { method: 'GET', signal });
      document.value = JSON.parse(await response.text()) as T;
      return { close: () => undefined };
    };
    const connection = new Connection<Link>({
      clock: browserClock,
      random: Math.random,
      dial: ({ signal }) => dial(signal),
    });
    connection.subscribe((state) => {
      failure.value = 'failure' in state ? state.failure : null;
    });
    const detach = presence.attach(connection);
    connection.connect();
    return () => {
      connection.close();
      detach();
    };
  }, [url, reading.value, document, failure]);
  const readAgain = (): void => {
    reading.value++;
  };
  return { document, failure, readAgain };
}
