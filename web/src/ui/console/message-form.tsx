// A message to one listener, or to all of them.

import { useSignal } from '@preact/signals';
import type { ListenerView } from '#contract/console.ts';
import { changeServer } from '../change-server.ts';
import { ChoiceField, Failure, TextField } from '../field.tsx';
import { text } from '../settings.ts';
import { useAttempt } from '../use-attempt.ts';
import { MAX_MESSAGE_CHARACTERS } from './text-limits.ts';

export function MessageForm({ listeners }: { listeners: readonly ListenerView[] }) {
  const { listeners: words } = text.value.console;
  const message = useSignal('');
  const chosen = useSignal('');
  const told = useSignal<number | null>(null);
  const { busy, failure, run } = useAttempt();
  const to = listeners.some(({ id }) => id === chosen.value) ? chosen.value : '';
  const send = async (): Promise<void> => {
    told.value = null;
    const body = { message: message.value.trim(), ...(to !== '' && { client_id: to }) };
    const answer = await changeServer('POST', '/api/v1/console/messages', body);
    told.value = (JSON.parse(answer) as { listeners: number }).listeners;
    message.value = '';
  };
  return (
    <form
      class="entries message"
      onSubmit={(event) => {
        event.preventDefault();
        void run(send);
      }}
    >
      <TextField
        name="message"
        label={words.message}
        hint={words.messageHint}
        value={message.value}
        maxLength={MAX_MESSAGE_CHARACTERS}
        pattern=".*\S.*"
        required
        onInput={(typed) => {
          message.value = typed;
        }}
      />
      <ChoiceField
        name="to"
        label={words.to}
        value={to}
        choices={[
          ['', words.everybody],
          ...listeners.map(({ id, address }) => [id, `${address} · ${id}`] as const),
        ]}
        onInput={(id) => {
          chosen.value = id;
        }}
      />
      <div class="actions">
        {told.value !== null && (
          <p class="good" role="status">
            {words.sent(told.value)}
          </p>
        )}
        <Failure text={failure.value} />
        <button type="submit" class="button quiet" disabled={busy.value}>
          {words.send}
        </button>
      </div>
    </form>
  );
}
