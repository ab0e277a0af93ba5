// The wall's layout, kept right while the display changes.

import { useEffect } from 'preact/hooks';
import { layOutWall } from './wall-layout.ts';

/** `grid` is measured: its width, and the height from its top to the bottom of the display. */
export function useWallLayout(grid: { readonly current: HTMLElement | null }, count: number): void {
  useEffect(() => {
    const element = grid.current;
    const space = element?.parentElement;
    if (!element || !space) return undefined;
    const measure = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const top = element.getBoundingClientRect().top + scrollY;
      const { columns, tileRem } = layOutWall(count, {
        width: space.clientWidth / rem,
        height: (innerHeight - top) / rem,
      });
      // Through the object model: the pages' policy allows no style attributes.
      element.style.setProperty('--columns', String(columns));
      element.style.setProperty('--tile', `${tileRem}rem`);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(space);
    addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      removeEventListener('resize', measure);
    };
  }, [grid, count]);
}
