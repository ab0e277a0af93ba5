// The server's clock, once a second, for countdowns to moments that the server names.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { presence } from './presence.ts';

/** Milliseconds since 1970. Stands still while not `ticking`. */
export function useServerTime(ticking: boolean): Signal<number> {
  const timeMs = useSignal(readServerTime());
  useEffect(() => {
    if (!ticking) return undefined;
    const read = (): void => {
      timeMs.value = readServerTime();
    };
    read();
    const timer = setInterval(read, 1_000);
    return () => clearInterval(timer);
  }, [ticking, timeMs]);
  return timeMs;
}

function readServerTime(): number {
  return Date.now() + (presence.serverOffsetMs ?? 0);
}
