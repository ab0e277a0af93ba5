// The channels: names, colours, which go out and in what order. Changes are kept here until they are
// saved.

import { useSignal } from '@preact/signals';
import type { ConsoleChannel, ConsoleView } from '#contract/console.ts';
import { changeServer } from '../change-server.ts';
import { text } from '../settings.ts';
import { useAttempt } from '../use-attempt.ts';
import { changesMapping, finishNames, isSame, mappingOf } from './channel-changes.ts';
import { ChannelList } from './channel-list.tsx';
import { ImportPanel } from './import-panel.tsx';
import { SaveBar } from './save-bar.tsx';
import { Section } from './section.tsx';
import type { LevelFeed } from './use-console.ts';

interface Draft {
  /** As the server had them when the first change was made. */
  readonly base: readonly ConsoleChannel[];
  readonly channels: readonly ConsoleChannel[];
}

export function ChannelPanel({ view, levels }: { view: ConsoleView; levels: LevelFeed }) {
  const draft = useSignal<Draft | null>(null);
  const { busy, failure, run } = useAttempt();
  const channels = draft.value?.channels ?? view.channels;
  const change = (changed: readonly ConsoleChannel[]): void => {
    draft.value = { base: draft.value?.base ?? view.channels, channels: changed };
  };
  const discard = (): void => {
    draft.value = null;
    failure.value = null;
  };
  const save = async (): Promise<void> => {
    await changeServer('PUT', '/api/v1/console/channels', { channels: finishNames(channels) });
    discard();
  };
  const { channels: words } = text.value.console;
  return (
    <Section name="channels" aside={<p class="hint">{words.out(mappingOf(channels).length)}</p>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(save);
        }}
      >
        <MappingButtons channels={channels} onChange={change} />
        <ChannelList channels={channels} levels={levels} onChange={change} />
        {!isSame(channels, view.channels) && (
          <SaveBar
            interrupted={changesMapping(view.channels, channels) ? view.listeners.length : 0}
            busy={busy}
            failure={failure}
            outdated={draft.value !== null && !isSame(draft.value.base, view.channels)}
            onDiscard={discard}
          />
        )}
      </form>
      <ImportPanel view={view} channels={channels} onTake={change} />
    </Section>
  );
}

interface MappingButtonsProperties {
  readonly channels: readonly ConsoleChannel[];
  readonly onChange: (channels: readonly ConsoleChannel[]) => void;
}

function MappingButtons({ channels, onChange }: MappingButtonsProperties) {
  const { channels: words } = text.value.console;
  const mapAll = (mapped: boolean) => channels.map((channel) => ({ ...channel, mapped }));
  return (
    <div class="mapping">
      <p class="hint" id="order-help">
        {words.help}
      </p>
      <button type="button" class="plain" onClick={() => onChange(mapAll(true))}>
        {words.all}
      </button>
      <button type="button" class="plain" onClick={() => onChange(mapAll(false))}>
        {words.none}
      </button>
      <button
        type="button"
        class="plain"
        onClick={() => onChange(channels.toSorted((a, b) => a.id - b.id))}
      >
        {words.sorted}
      </button>
    </div>
  );
}
