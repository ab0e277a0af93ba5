// The wall's layout, kept right while the display changes.

import { useEffect } from 'preact/hooks';
import { planWall, type WallLayout } from './wall-layout.ts';

/** `grid` lies in the wall's section, which is in full screen at times. */
export function useWallLayout(
  grid: { readonly current: HTMLElement | null },
  layout: WallLayout,
  count: number,
): void {
  useEffect(() => {
    const element = grid.current;
    const wall = element?.parentElement;
    if (!element || !wall) return undefined;
    const apply = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const { width, height } = measureSpace(element, wall);
      const plan = planWall(layout, count, { width: width / rem, height: height / rem });
      // Through the object model: the pages' policy allows no style attributes.
      element.style.setProperty('--columns', String(plan.columns));
      element.style.setProperty('--tile', `${plan.tileRem}rem`);
      element.style.setProperty('--wall-gap', `${plan.gapRem}rem`);
      element.style.setProperty('--large', String(plan.largeSpan));
      element.classList.toggle('dense', plan.dense);
    };
    apply();
    const observer = new ResizeObserver(apply);
    observer.observe(wall);
    addEventListener('resize', apply);
    return () => {
      observer.disconnect();
      removeEventListener('resize', apply);
    };
  }, [grid, layout, count]);
}

/** What the tiles may fill without scrolling, in px. */
function measureSpace(grid: HTMLElement, wall: HTMLElement): { width: number; height: number } {
  const padding = readPadding(wall);
  const width = wall.clientWidth - padding.left - padding.right;
  // In full screen the grid is centred, so that its top depends on the tiles.
  if (document.fullscreenElement === wall) {
    return { width, height: innerHeight - padding.top - padding.bottom };
  }
  const top = grid.getBoundingClientRect().top + scrollY;
  const below = padding.bottom + (wall.parentElement ? readPadding(wall.parentElement).bottom : 0);
  return { width, height: innerHeight - top - below };
}

function readPadding(element: HTMLElement) {
  const { paddingTop, paddingRight, paddingBottom, paddingLeft } = getComputedStyle(element);
  return {
    top: Number.parseFloat(paddingTop),
    right: Number.parseFloat(paddingRight),
    bottom: Number.parseFloat(paddingBottom),
    left: Number.parseFloat(paddingLeft),
  };
}
