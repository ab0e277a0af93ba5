// How high a picture is on the screen, told when it has settled.

import type { Timer } from '#std/clock.ts';
import { browserClock } from './browser-clock.ts';

/** Longer than between two steps of a window that is being resized. */
const SETTLED_AFTER_MS = 500;

/** Calls `onHeight` with the height in the screen's own pixels, until the returned function is called. */
export function watchHeight(element: Element, onHeight: (pixels: number) => void): () => void {
  let timer: Timer | undefined;
  const observer = new ResizeObserver(() => {
    timer?.cancel();
    timer = browserClock.after(SETTLED_AFTER_MS, () => {
      const pixels = Math.round(element.clientHeight * devicePixelRatio);
      if (pixels > 0) onHeight(pixels);
    });
  });
  observer.observe(element);
  return () => {
    timer?.cancel();
    observer.disconnect();
  };
}
