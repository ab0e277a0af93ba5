// The wall's columns, kept right while the display changes.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { chooseColumns } from './choose-columns.ts';

/** `grid` is measured: its width, and the height from its top to the bottom of the display. */
export function useColumns(
  grid: { readonly current: HTMLElement | null },
  count: number,
): Signal<number> {
  const columns = useSignal(1);
  useEffect(() => {
    const element = grid.current;
    if (!element) return undefined;
    const measure = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const top = element.getBoundingClientRect().top + scrollY;
      columns.value = chooseColumns(count, {
        width: element.clientWidth / rem,
        height: (innerHeight - top) / rem,
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      removeEventListener('resize', measure);
    };
  }, [grid, count, columns]);
  return columns;
}
