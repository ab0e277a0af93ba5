// What one can do with the wall: choose a layout, turn its pages, fill the display with it.

import { Icon, LayoutIcon } from './icon.tsx';
import { text } from './settings.ts';
import { chooseLayout, turnTo, wallLayout } from './wall-choice.ts';
import { wallLayouts } from './wall-layout.ts';

interface WallToolbarProperties {
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly onFullScreen: () => void;
}

export function WallToolbar({ page, pages, onFullScreen }: WallToolbarProperties) {
  const { wall } = text.value;
  return (
    <div class="toolbar">
      {pages > 1 && <Pages page={page} pages={pages} />}
      <fieldset class="layouts" aria-label={wall.layout}>
        {wallLayouts.map((name) => (
          <button
            key={name}
            type="button"
            class="plain icon"
            aria-pressed={wallLayout.value === name}
            aria-label={wall.layouts[name]}
            title={wall.layouts[name]}
            data-testid={`layout-${name}`}
            onClick={() => chooseLayout(name)}
          >
            <LayoutIcon name={name} />
          </button>
        ))}
      </fieldset>
      <button type="button" class="plain" onClick={onFullScreen}>
        <Icon name="expand" />
        <span class="wide">{wall.fullScreen}</span>
      </button>
    </div>
  );
}

function Pages({ page, pages }: Pick<WallToolbarProperties, 'page' | 'pages'>) {
  const { wall } = text.value;
  return (
    <div class="pages">
      <button
        type="button"
        class="plain icon"
        aria-label={wall.previousPage}
        disabled={page === 0}
        onClick={() => turnTo(page - 1)}
      >
        <Icon name="back" />
      </button>
      <span data-testid="page">{wall.page(page + 1, pages)}</span>
      <button
        type="button"
        class="plain icon"
        aria-label={wall.nextPage}
        disabled={page === pages - 1}
        onClick={() => turnTo(page + 1)}
      >
        <Icon name="forward" />
      </button>
    </div>
  );
}
