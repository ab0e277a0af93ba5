// Dragging a row by its handle, with mouse, pen or finger. The rows stay where they are in the document
// until the row is let go: an element that is moved there loses its pointer.

import { type Signal, useSignal } from '@preact/signals';
import { dropPlace } from './channel-order.ts';

/** Near the edge of the window, the page scrolls along. */
const EDGE_PX = 72;
const SCROLL_PX_PER_FRAME = 10;

interface RowDrag {
  readonly from: number;
  readonly to: number;
  readonly distancePx: number;
}

interface UsedRowDrag {
  /** Null: no row is held. */
  readonly drag: Signal<RowDrag | null>;
  /** For `pointerdown` at the handle of the row at `from`. */
  readonly start: (event: PointerEvent, from: number) => void;
}

export function useRowDrag(rows: number, onDrop: (from: number, to: number) => void): UsedRowDrag {
  const drag = useSignal<RowDrag | null>(null);
  const start = (event: PointerEvent, from: number): void => {
    const handle = event.currentTarget;
    if (!(handle instanceof HTMLElement) || event.button !== 0 || drag.value) return;
    const rowPx = handle.closest('li')?.offsetHeight ?? 0;
    holdRow(handle, event, {
      onMove: (distancePx) => {
        drag.value = { from, to: dropPlace({ from, distancePx, rowPx, rows }), distancePx };
      },
      onEnd: (isDropped) => {
        const held = drag.value;
        drag.value = null;
        if (isDropped && held && held.to !== from) onDrop(from, held.to);
      },
    });
  };
  return { drag, start };
}

interface HoldEvents {
  /** How far the row is from where it was taken, whoever moved: the pointer or the page. */
  onMove(distancePx: number): void;
  /** False: by Escape, or because the device took the pointer away. */
  onEnd(isDropped: boolean): void;
}

/** Follows the pointer that has gone down on `handle` until it is let go. */
function holdRow(handle: HTMLElement, down: PointerEvent, { onMove, onEnd }: HoldEvents): void {
  const startY = down.clientY + scrollY;
  let pointerY = down.clientY;
  const listeners = new AbortController();
  const { signal } = listeners;
  const follow = (): void => onMove(pointerY + scrollY - startY);
  const end = (isDropped: boolean): void => {
    listeners.abort();
    onEnd(isDropped);
  };
  const move = ({ clientY }: PointerEvent): void => {
    pointerY = clientY;
    follow();
  };
  const cancelByKey = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') end(false);
  };
  handle.setPointerCapture(down.pointerId);
  handle.addEventListener('pointermove', move, { signal });
  handle.addEventListener('pointerup', () => end(true), { signal });
  handle.addEventListener('pointercancel', () => end(false), { signal });
  document.addEventListener('keydown', cancelByKey, { signal });
  follow();
  scrollAtEdges(() => pointerY, follow, signal);
}

/** Frame by frame, as long as a row is held. */
function scrollAtEdges(pointerY: () => number, onScroll: () => void, signal: AbortSignal): void {
  const step = (): void => {
    if (signal.aborted) return;
    const y = pointerY();
    const direction = y < EDGE_PX ? -1 : y > innerHeight - EDGE_PX ? 1 : 0;
    if (direction !== 0) {
      scrollBy(0, direction * SCROLL_PX_PER_FRAME);
      onScroll();
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
