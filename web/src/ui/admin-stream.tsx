// One stream among the settings: where it is from, how it is, and what can be done with it.

import { useSignal } from '@preact/signals';
import type { StreamView } from '#contract/streams.ts';
import { changeServer } from './change-server.ts';
import { describeError } from './error-words.ts';
import { describeOrigin, isChangeable } from './origin-words.ts';
import { language, text } from './settings.ts';
import { StreamForm } from './stream-form.tsx';
import { describeState, nextAttemptOf, stateTone } from './stream-words.ts';
import { useServerTime } from './use-server-time.ts';

export function AdminStream({ stream }: { stream: StreamView }) {
  const { admin, origin } = text.value;
  const editing = useSignal(isChangeable(stream.origin) && location.hash === `#edit-${stream.id}`);
  const nowMs = useServerTime(stream.state === 'retrying').value;
  const attempt = { state: stream.state, nextAttemptAt: nextAttemptOf(stream) };
  const { kind, file, line } = stream.origin;
  return (
    <li data-testid={`row-${stream.id}`}>
      <div class="row">
        <div class="what">
          <h3>
            <a href={`/view/${encodeURIComponent(stream.id)}`}>{stream.name || stream.id}</a>
            <span class="condition">
              <span class={`dot ${stateTone(stream.state)}`} />
              {describeState(attempt, nowMs, language.value)}
            </span>
          </h3>
          <p class="address">{stream.source}</p>
          <p class="hint">
            {kind === 'file'
              ? admin.fromFile(file ?? '', line ?? 0)
              : describeOrigin(stream.origin, origin)}
          </p>
          {stream.reason && <p class="reason">{stream.reason}</p>}
        </div>
        {isChangeable(stream.origin) && !editing.value && (
          <Actions
            stream={stream}
            onEdit={() => {
              editing.value = true;
            }}
          />
        )}
      </div>
      {editing.value && (
        <StreamForm
          stream={stream}
          onDone={() => {
            editing.value = false;
          }}
        />
      )}
    </li>
  );
}

function Actions({ stream, onEdit }: { stream: StreamView; onEdit: () => void }) {
  const { admin } = text.value;
  const asking = useSignal(false);
  const failure = useSignal<string | null>(null);
  const address = `/api/v1/streams/${encodeURIComponent(stream.id)}`;
  const change = async (method: 'PATCH' | 'DELETE', body?: object): Promise<void> => {
    failure.value = null;
    asking.value = false;
    await changeServer(method, address, body).catch((cause) => {
      failure.value = describeError(cause, language.value);
    });
  };
  const { enabled } = stream.settings;
  if (asking.value) {
    return (
      <div class="actions" role="alertdialog" aria-label={admin.remove}>
        <p>{admin.removeSure(stream.name || stream.id)}</p>
        <Action label={admin.remove} testId="remove-sure" onClick={() => void change('DELETE')} />
        <Action
          label={admin.keep}
          onClick={() => {
            asking.value = false;
          }}
        />
      </div>
    );
  }
  return (
    <div class="actions">
      {failure.value && (
        <p class="reason bad" role="alert">
          {`${admin.failed}: ${failure.value}`}
        </p>
      )}
      {stream.state === 'refused' && (
        <Action
          label={admin.retry}
          testId="retry"
          onClick={() => void change('PATCH', { enabled: true })}
        />
      )}
      <Action
        label={enabled ? admin.disable : admin.enable}
        testId="enable"
        onClick={() => void change('PATCH', { enabled: !enabled })}
      />
      <Action label={admin.edit} testId="edit" onClick={onEdit} />
      <Action
        label={admin.remove}
        testId="remove"
        onClick={() => {
          asking.value = true;
        }}
      />
    </div>
  );
}

interface ActionProperties {
  readonly label: string;
  readonly testId?: string;
  readonly onClick: () => void;
}

function Action({ label, testId, onClick }: ActionProperties) {
  return (
    <button type="button" class="button quiet" data-testid={testId} onClick={onClick}>
      {label}
    </button>
  );
}
