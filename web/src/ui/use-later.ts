// A component that is loaded when it is first shown.

import { type Signal, useSignal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';

/** Undefined until it is there. */
export function useLater(
  load: () => Promise<FunctionComponent>,
): Signal<FunctionComponent | undefined> {
  const loaded = useSignal<FunctionComponent | undefined>(undefined);
  useEffect(() => {
    void load().then((component) => {
      loaded.value = component;
    });
  }, [loaded]);
  return loaded;
}
