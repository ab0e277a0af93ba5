// The streams among the settings, each with where it was configured and what can be done.

import { useSignal } from '@preact/signals';
import type { StreamView } from '#contract/streams.ts';
import { AdminStream } from './admin-stream.tsx';
import { changeServer } from './change-server.ts';
import { Icon } from './icon.tsx';
import { text } from './settings.ts';
import { StreamForm } from './stream-form.tsx';
import { usePoll } from './use-poll.ts';

export function AdminStreams() {
  const { admin } = text.value;
  const { data } = usePoll<{ streams: StreamView[] }>('/api/v1/streams');
  const adding = useSignal(location.hash === '#add');
  const streams = data.value?.streams;
  return (
    <>
      <div class="actions">
        <p class="lead">{admin.lead}</p>
        <button type="button" class="button quiet" onClick={() => void downloadYaml()}>
          {admin.export}
        </button>
        <button
          type="button"
          class="button"
          data-testid="add"
          onClick={() => {
            adding.value = true;
          }}
        >
          <Icon name="plus" />
          {admin.add}
        </button>
      </div>
      {adding.value && (
        <StreamForm
          stream={undefined}
          onDone={() => {
            adding.value = false;
          }}
        />
      )}
      <h2>{admin.streams}</h2>
      {streams?.length === 0 && <p class="hint">{admin.noStreams}</p>}
      <ul class="rows">
        {streams?.map((stream) => (
          <AdminStream key={stream.id} stream={stream} />
        ))}
      </ul>
    </>
  );
}

/** A link could not say why it failed. */
async function downloadYaml(): Promise<void> {
  const yaml = await changeServer('GET', '/api/v1/configuration.yaml').catch(() => undefined);
  if (yaml === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([yaml], { type: 'application/yaml' }));
  link.download = 'yeoul.yaml';
  link.click();
  URL.revokeObjectURL(link.href);
}
