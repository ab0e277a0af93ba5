// The live figures of a viewer, each with its meaning; the two that matter most with their last minute.

import { useSignal } from '@preact/signals';
import type { PlayerView } from '../players/whep-player.ts';
import { type Figure, type FigureName, figureGroups, headFigures } from './figure-list.ts';
import { UNKNOWN } from './format.ts';
import { text } from './settings.ts';
import { Sparkline } from './sparkline.tsx';

export function FiguresPanel({ view }: { view: PlayerView }) {
  const { panel } = text.value;
  const explained = useSignal<FigureName | null>(null);
  const toggle = (name: FigureName): void => {
    explained.value = explained.value === name ? null : name;
  };
  const show = (figure: Figure, chart: boolean) => (
    <FigureRow
      key={figure.name}
      figure={figure}
      view={view}
      chart={chart}
      open={explained.value === figure.name}
      onToggle={toggle}
    />
  );
  return (
    <aside class="figures" aria-label={panel.title}>
      {headFigures.map((figure) => show(figure, true))}
      {figureGroups.map(({ title, figures }) => (
        <section key={title}>
          <h2>{panel[title]}</h2>
          {figures.map((figure) => show(figure, false))}
        </section>
      ))}
      <p class="hint">{panel.hint}</p>
    </aside>
  );
}

interface FigureRowProperties {
  readonly figure: Figure;
  readonly view: PlayerView;
  readonly chart: boolean;
  readonly open: boolean;
  readonly onToggle: (name: FigureName) => void;
}

function FigureRow({ figure, view, chart, open, onToggle }: FigureRowProperties) {
  const [label, meaning] = text.value.figure[figure.name];
  const value = figure.read(view) ?? null;
  return (
    <div class={chart ? 'figure head' : 'figure'}>
      <button
        type="button"
        aria-expanded={open}
        title={meaning}
        onClick={() => onToggle(figure.name)}
      >
        <span class="name">{label}</span>
        <span class="value" data-testid={`figure-${figure.name}`} data-value={value ?? undefined}>
          {formatFigure(figure, value)}
        </span>
      </button>
      {chart && <Sparkline label={label} value={typeof value === 'number' ? value : null} />}
      {open && <p class="meaning">{meaning}</p>}
    </div>
  );
}

function formatFigure({ format }: Figure, value: number | string | null): string {
  if (value === null) return UNKNOWN;
  return typeof value === 'number' && format ? format(value) : String(value);
}
