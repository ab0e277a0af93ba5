// A form about some of the console's settings: what is typed stays until it is saved or discarded.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { ConsoleView } from '#contract/console.ts';
import { changeServer } from '../change-server.ts';
import { useAttempt } from '../use-attempt.ts';
import { SaveBar } from './save-bar.tsx';
import {
  changedSettings,
  fillSettings,
  interrupts,
  type SettingsValues,
} from './settings-values.ts';

interface SettingsFormProperties {
  readonly view: ConsoleView;
  readonly children: (
    values: SettingsValues,
    change: (changes: Partial<SettingsValues>) => void,
  ) => ComponentChildren;
}

export function SettingsForm({ view, children }: SettingsFormProperties) {
  const { settings, listeners } = view;
  const draft = useSignal<Partial<SettingsValues>>({});
  const { busy, failure, run } = useAttempt();
  const values = { ...fillSettings(settings), ...draft.value };
  const changes = changedSettings(settings, draft.value);
  const discard = (): void => {
    draft.value = {};
    failure.value = null;
  };
  const save = async (): Promise<void> => {
    await changeServer('PATCH', '/api/v1/console', changes);
    discard();
  };
  return (
    <form
      class="entries"
      onSubmit={(event) => {
        event.preventDefault();
        void run(save);
      }}
    >
      {children(values, (typed) => {
        draft.value = { ...draft.value, ...typed };
      })}
      {Object.keys(changes).length > 0 && (
        <SaveBar
          interrupted={interrupts(changes) ? listeners.length : 0}
          busy={busy}
          failure={failure}
          onDiscard={discard}
        />
      )}
    </form>
  );
}
