// The wall: every stream as a live tile.

import { useEffect, useRef } from 'preact/hooks';
import type { StreamView } from '#contract/streams.ts';
import { Icon } from './icon.tsx';
import { reachesServer } from './server-state.ts';
import { language, text } from './settings.ts';
import { describeFailure } from './state-words.ts';
import { Tile } from './tile.tsx';
import { usePoll } from './use-poll.ts';
import { useWallLayout } from './use-wall-layout.ts';

export function WallPage() {
  const { data, state } = usePoll<{ streams: StreamView[] }>('/api/v1/streams');
  const page = useRef<HTMLElement>(null);
  const grid = useRef<HTMLUListElement>(null);
  const streams = data.value?.streams;
  useWallLayout(grid, streams?.length ?? 0);
  const { wall } = text.value;
  useEffect(() => {
    document.title = `${wall.title} · Yeoul`;
  }, [wall]);
  const reached = reachesServer(state.value);
  const failure = 'failure' in state.value ? state.value.failure : null;
  return (
    <section class="wall" ref={page} aria-busy={streams === undefined}>
      <div class="headline">
        <h1>{headline(reached ? streams : undefined)}</h1>
        {failure && <p class="reason">{describeFailure(failure, language.value)}</p>}
        {(reached || Boolean(streams?.length)) && (
          <button
            type="button"
            class="plain"
            onClick={() => page.current?.requestFullscreen().catch(() => undefined)}
          >
            <Icon name="expand" />
            <span>{wall.fullScreen}</span>
          </button>
        )}
      </div>
      {streams?.length === 0 && <p class="hint">{wall.emptyHint}</p>}
      <ul class="grid" ref={grid}>
        {streams?.map((stream) => (
          <Tile key={stream.id} stream={stream} />
        ))}
      </ul>
    </section>
  );
}

function headline(streams: readonly StreamView[] | undefined): string {
  const { wall } = text.value;
  if (!streams) return wall.noServer;
  if (streams.length === 0) return wall.empty;
  const live = streams.filter((stream) => stream.state === 'live').length;
  return live === 1 && streams.length === 1 ? wall.one : wall.flowing(live, streams.length);
}
