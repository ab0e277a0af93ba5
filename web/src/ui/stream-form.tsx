// Adds or edits a stream: tries the address first, says what was found, then saves.

import { useSignal } from '@preact/signals';
import type { StreamView } from '#contract/streams.ts';
import { changeServer } from './change-server.ts';
import { describeError } from './error-words.ts';
import { TextField } from './field.tsx';
import { language, text } from './settings.ts';
import { MoreFields, StreamFields } from './stream-fields.tsx';
import {
  changedSettings,
  emptyForm,
  type FormValues,
  fillForm,
  newSettings,
  suggestId,
} from './stream-form-values.ts';
import { TryReport, type TryResult } from './try-report.tsx';

interface StreamFormProperties {
  /** Undefined: a new one. */
  readonly stream: StreamView | undefined;
  readonly onDone: () => void;
}

export function StreamForm({ stream, onDone }: StreamFormProperties) {
  const { form } = text.value;
  const values = useSignal<FormValues>(stream ? fillForm(stream.settings) : emptyForm);
  const enteredId = useSignal<string | null>(null);
  const busy = useSignal<'try' | 'save' | null>(null);
  const failure = useSignal<string | null>(null);
  const result = useSignal<TryResult | null>(null);
  const id = enteredId.value ?? suggestId(values.value.name);
  const run = async (what: 'try' | 'save', action: () => Promise<void>): Promise<void> => {
    busy.value = what;
    failure.value = null;
    result.value = null;
    await action().catch((cause) => {
      failure.value = describeError(cause, language.value);
    });
    busy.value = null;
  };
  const change = (changes: Partial<FormValues>): void => {
    values.value = { ...values.value, ...changes };
  };
  const tryOut = async (): Promise<void> => {
    result.value = await trySettings(stream, values.value);
  };
  const save = async (): Promise<void> => {
    await saveSettings(stream, { id, values: values.value });
    onDone();
  };
  return (
    <form
      class="stream-form"
      data-testid="stream-form"
      onSubmit={(event) => {
        event.preventDefault();
        void run('save', save);
      }}
    >
      <h3>{stream ? form.editTitle(stream.name || stream.id) : form.addTitle}</h3>
      <StreamFields
        values={values.value}
        hasPassword={stream?.settings.hasPassword ?? false}
        onChange={change}
      />
      {!stream && (
        <TextField
          name="id"
          label={form.id}
          hint={form.idHint}
          value={id}
          pattern="[A-Za-z0-9][A-Za-z0-9_\-]*"
          required
          onInput={(entered) => {
            enteredId.value = entered;
          }}
        />
      )}
      <MoreFields values={values.value} onChange={change} />
      {failure.value && (
        <p class="reason bad" role="alert" data-testid="form-failure">
          {failure.value}
        </p>
      )}
      {result.value && <TryReport result={result.value} />}
      <div class="actions">
        {values.value.kind === 'camera' && (
          <button
            type="button"
            class="button quiet"
            data-testid="try"
            disabled={busy.value !== null}
            onClick={() => void run('try', tryOut)}
          >
            {busy.value === 'try' ? form.trying : form.try}
          </button>
        )}
        <button type="submit" class="button" data-testid="save" disabled={busy.value !== null}>
          {busy.value === 'save' ? form.saving : form.save}
        </button>
        <button type="button" class="plain" onClick={onDone}>
          {form.cancel}
        </button>
      </div>
    </form>
  );
}

/** Of a stream that is there, the server knows the password and what addresses do not show. */
async function trySettings(stream: StreamView | undefined, values: FormValues): Promise<TryResult> {
  const body = stream
    ? { id: stream.id, settings: changedSettings(stream.settings, values) }
    : { settings: newSettings(values) };
  return JSON.parse(await changeServer('POST', '/api/v1/streams/try', body)) as TryResult;
}

async function saveSettings(
  stream: StreamView | undefined,
  { id, values }: { id: string; values: FormValues },
): Promise<void> {
  if (!stream) {
    await changeServer('POST', '/api/v1/streams', { id, ...newSettings(values) });
    return;
  }
  const address = `/api/v1/streams/${encodeURIComponent(stream.id)}`;
  await changeServer('PATCH', address, changedSettings(stream.settings, values));
}
