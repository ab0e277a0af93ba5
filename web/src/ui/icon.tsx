// Pictograms as parts of the page.

import { type IconName, pictograms } from './pictograms.ts';
import type { WallLayout } from './wall-layout.ts';

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`pictogram ${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={pictograms[name]} />
    </svg>
  );
}

/** The lines between the tiles; those of `auto` say "any number". */
const cuts: Readonly<Record<WallLayout, string>> = {
  auto: 'M9 5v14M15 5v7M9 12h12',
  '1': '',
  '4': grid(2),
  '9': grid(3),
  '16': grid(4),
  '25': grid(5),
  focus: 'M15 5v14M3 14.500h18M15 9.750h6M9 14.500v4.500',
};

export function LayoutIcon({ name }: { name: WallLayout }) {
  return (
    <svg class="pictogram layout" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={`M3 5h18v14H3z${cuts[name]}`} />
    </svg>
  );
}

function grid(count: number): string {
  const steps = Array.from({ length: count - 1 }, (_, index) => (index + 1) / count);
  return steps.map((part) => `M${3 + 18 * part} 5v14M3 ${5 + 14 * part}h18`).join('');
}
