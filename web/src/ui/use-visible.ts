// Whether an element is on or near the screen, with patience for those who scroll past.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Tiles start a little before they come into sight. */
const MARGIN = '200px';

/** A tile that was scrolled away keeps its picture this long. */
const LINGER_MS = 5_000;

export function useVisible(element: { readonly current: Element | null }): Signal<boolean> {
  const visible = useSignal(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        clearTimeout(timer);
        if (entries.at(-1)?.isIntersecting) visible.value = true;
        else {
          timer = setTimeout(() => {
            visible.value = false;
          }, LINGER_MS);
        }
      },
      { rootMargin: MARGIN },
    );
    if (element.current) observer.observe(element.current);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [element, visible]);
  return visible;
}
