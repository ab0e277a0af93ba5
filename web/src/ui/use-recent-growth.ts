// Whether a count of things that went wrong has grown lately, as far as a component has seen it.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** How long people should be told of it. */
const RECENT_MS = 60_000;

export function useRecentGrowth(count: number): boolean {
  const recent = useSignal(false);
  const seen = useRef(count);
  useEffect(() => {
    // A server that has restarted counts from zero.
    recent.value = count > seen.current;
    seen.current = count;
    const timer = setTimeout(() => {
      recent.value = false;
    }, RECENT_MS);
    return () => clearTimeout(timer);
  }, [count, recent]);
  return recent.value;
}
