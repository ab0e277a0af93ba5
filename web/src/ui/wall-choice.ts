// The layout and the page of the wall that were chosen on this device.

import { signal } from '@preact/signals';
import { recall, remember } from './device-storage.ts';
import { type WallLayout, wallLayouts } from './wall-layout.ts';

export const wallLayout = signal<WallLayout>(
  wallLayouts.find((name) => name === recall('wall-layout')) ?? 'auto',
);

/** From 0; may lie beyond the last one, while streams are missing. */
export const wallPage = signal(readPage());

/** The first page of `layout`. */
export function chooseLayout(layout: WallLayout): void {
  wallLayout.value = layout;
  remember('wall-layout', layout);
  turnTo(0);
}

export function turnTo(page: number): void {
  wallPage.value = page;
  remember('wall-page', String(page));
}

function readPage(): number {
  const page = Number(recall('wall-page') ?? 0);
  return Number.isSafeInteger(page) && page >= 0 ? page : 0;
}
