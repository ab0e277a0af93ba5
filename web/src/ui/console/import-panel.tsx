// Names, colours and sources from the mixing console: read, compared with what is here, taken over.

import { useSignal } from '@preact/signals';
import type { ConsoleChannel, ConsoleImport, ConsoleView } from '#contract/console.ts';
import { changeServer } from '../change-server.ts';
import { Failure, TextField } from '../field.tsx';
import { ServerText } from '../server-text.tsx';
import { text } from '../settings.ts';
import { useAttempt } from '../use-attempt.ts';
import { type Difference, findDifferences, takeOver } from './channel-changes.ts';

const CONSOLE = '/api/v1/console';

interface ImportPanelProperties {
  readonly view: ConsoleView;
  readonly channels: readonly ConsoleChannel[];
  readonly onTake: (channels: readonly ConsoleChannel[]) => void;
}

export function ImportPanel({ view, channels, onTake }: ImportPanelProperties) {
  const { import: words } = text.value.console;
  const { console_address: known } = view.settings;
  const typed = useSignal<string | null>(null);
  const found = useSignal<ConsoleImport | null>(null);
  const { busy, failure, run } = useAttempt();
  const address = (typed.value ?? known).trim();
  const read = async (): Promise<void> => {
    found.value = null;
    const answer = await changeServer('POST', `${CONSOLE}/import`, { address });
    found.value = JSON.parse(answer) as ConsoleImport;
    if (address !== known) {
      await changeServer('PATCH', CONSOLE, { console_address: address });
    }
  };
  return (
    <details class="take-over" data-testid="take-over">
      <summary>{words.title}</summary>
      <form
        class="entries"
        onSubmit={(event) => {
          event.preventDefault();
          void run(read);
        }}
      >
        <TextField
          name="console_address"
          label={words.address}
          hint={words.addressHint}
          value={typed.value ?? known}
          placeholder="192.168.0.64"
          pattern="[A-Za-z0-9.:_\-]+"
          required
          onInput={(entered) => {
            typed.value = entered;
          }}
        />
        <div class="actions">
          <button type="submit" class="button quiet" disabled={busy.value} data-testid="read-names">
            {busy.value ? words.reading : words.read}
          </button>
        </div>
        <Failure text={failure.value} />
      </form>
      {found.value && (
        <ImportPreview
          found={found.value}
          differences={findDifferences(channels, found.value.channels)}
          onTake={(chosen) => onTake(takeOver(channels, chosen))}
        />
      )}
    </details>
  );
}

interface ImportPreviewProperties {
  readonly found: ConsoleImport;
  readonly differences: readonly Difference[];
  readonly onTake: (chosen: readonly Difference[]) => void;
}

function ImportPreview({ found, differences, onTake }: ImportPreviewProperties) {
  const { import: words } = text.value.console;
  const left = useSignal<readonly number[]>([]);
  const chosen = differences.filter(({ id }) => !left.value.includes(id));
  const toggle = (id: number, taken: boolean): void => {
    left.value = taken ? left.value.filter((other) => other !== id) : [...left.value, id];
  };
  return (
    <div class="found" data-testid="import-preview">
      <h3>{words.from(found.console.model, found.console.name)}</h3>
      {found.findings.length > 0 && (
        <>
          <h4>{words.findings}</h4>
          <ul class="notes warning" data-testid="findings">
            {found.findings.map((finding) => (
              <li key={finding}>
                <ServerText text={finding} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p>{differences.length === 0 ? words.same : words.choose}</p>
      <ul class="differences">
        {differences.map((difference) => (
          <li key={difference.id}>
            <DifferenceChoice
              difference={difference}
              taken={chosen.includes(difference)}
              onToggle={(taken) => toggle(difference.id, taken)}
            />
          </li>
        ))}
      </ul>
      {chosen.length > 0 && (
        <button
          type="button"
          class="button"
          data-testid="take-names"
          onClick={() => onTake(chosen)}
        >
          {words.take(chosen.length)}
        </button>
      )}
    </div>
  );
}

interface DifferenceChoiceProperties {
  readonly difference: Difference;
  readonly taken: boolean;
  readonly onToggle: (taken: boolean) => void;
}

function DifferenceChoice({ difference, taken, onToggle }: DifferenceChoiceProperties) {
  const { id, before, after } = difference;
  const { import: words, channels } = text.value.console;
  return (
    <label class="difference">
      <input
        type="checkbox"
        checked={taken}
        onInput={(event) => onToggle(event.currentTarget.checked)}
      />
      <span class="origin">{channels.usb(id)}</span>
      <span class={`dot swatch ${before.color ?? 'none'}`} />
      <s>{before.name}</s>
      <span aria-hidden="true">→</span>
      <span class={`dot swatch ${after.color ?? 'none'}`} />
      <strong>{after.name}</strong>
      <small>{after.source ?? words.nothing}</small>
    </label>
  );
}
