// Saves what was changed, or discards it; says before who would be interrupted.

import type { Signal } from '@preact/signals';
import { Failure } from '../field.tsx';
import { text } from '../settings.ts';

interface SaveBarProperties {
  /** How many listeners saving interrupts. */
  readonly interrupted: number;
  readonly busy: Signal<boolean>;
  readonly failure: Signal<string | null>;
  /** It was changed elsewhere too. */
  readonly outdated?: boolean;
  readonly onDiscard: () => void;
}

/** Lies in a form: the button submits it. */
export function SaveBar(properties: SaveBarProperties) {
  const { interrupted, busy, failure, outdated, onDiscard } = properties;
  const { console } = text.value;
  return (
    <div class="save-bar" data-testid="save-bar">
      <div class="why" role="status">
        <strong>{console.unsaved}</strong>
        {interrupted > 0 && (
          <p class="reason" data-testid="interrupts">
            {console.interrupts(interrupted)}
          </p>
        )}
        {outdated && <p class="reason">{console.changedMeanwhile}</p>}
        <Failure text={failure.value} />
      </div>
      <button type="button" class="button quiet" data-testid="discard" onClick={onDiscard}>
        {console.discard}
      </button>
      <button type="submit" class="button" data-testid="save" disabled={busy.value}>
        {busy.value ? console.saving : interrupted > 0 ? console.saveAnyway : console.save}
      </button>
    </div>
  );
}
