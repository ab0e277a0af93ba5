// Whether anybody can see the page, for a component.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { watchPageVisible } from '../players/page-visibility.ts';

export function usePageVisible(): Signal<boolean> {
  const visible = useSignal(!document.hidden);
  useEffect(
    () =>
      watchPageVisible((seen) => {
        visible.value = seen;
      }),
    [visible],
  );
  return visible;
}
