// The console's sound for its admin: what comes in, what goes out, who listens.

import type { ConsoleView, ListenerView } from '#contract/console.ts';
import { language, text } from '../settings.ts';
import { describeFailure } from '../state-words.ts';
import { usePoll } from '../use-poll.ts';
import { CapturePanel } from './capture-panel.tsx';
import { ChannelPanel } from './channel-panel.tsx';
import { FormatPanel } from './format-panel.tsx';
import { JoinPanel } from './join-panel.tsx';
import { ListenersPanel } from './listeners-panel.tsx';
import { ThresholdPanel } from './threshold-panel.tsx';
import { type LevelFeed, useConsole } from './use-console.ts';

const SECTIONS = ['capture', 'channels', 'listeners', 'join', 'format', 'thresholds'] as const;
type SectionName = (typeof SECTIONS)[number];

export function ConsolePage() {
  const { view, failure, levels } = useConsole();
  return (
    <div class="console">
      {failure.value && (
        <p class="reason" role="alert" data-testid="console-failure">
          {describeFailure(failure.value, language.value)}
        </p>
      )}
      {view.value && <Sections view={view.value} levels={levels} />}
    </div>
  );
}

function Sections({ view, levels }: { view: ConsoleView; levels: LevelFeed }) {
  const { data } = usePoll<{ listeners: ListenerView[] }>('/api/v1/console/listeners');
  const { sections } = text.value.console;
  return (
    <>
      <nav class="jumps" aria-label={text.value.admin.tabs.console}>
        {SECTIONS.map((name) => (
          <button key={name} type="button" class="plain" onClick={() => showSection(name)}>
            {sections[name]}
          </button>
        ))}
      </nav>
      <CapturePanel view={view} />
      <div class="columns">
        <ChannelPanel view={view} levels={levels} />
        <div class="column">
          <ListenersPanel listeners={data.value?.listeners} max={view.max_listeners} />
          <JoinPanel />
          <FormatPanel view={view} />
          <ThresholdPanel view={view} />
        </div>
      </div>
    </>
  );
}

/** A link would change the address, which says which tab is shown. */
function showSection(name: SectionName): void {
  document.getElementById(name)?.scrollIntoView({ block: 'start' });
}
