// The wall: the streams as live tiles, in the layout that this device has chosen.

import { useEffect, useRef } from 'preact/hooks';
import type { StreamView } from '#contract/streams.ts';
import { Icon } from './icon.tsx';
import { LoginForm } from './login-form.tsx';
import { isLocked, reachesServer } from './server-state.ts';
import { language, text } from './settings.ts';
import { describeFailure } from './state-words.ts';
import { Tile } from './tile.tsx';
import { usePageVisible } from './use-page-visible.ts';
import { usePoll } from './use-poll.ts';
import { useWallLayout } from './use-wall-layout.ts';
import { turnTo, wallLayout, wallPage } from './wall-choice.ts';
import { countPages, pageOf } from './wall-layout.ts';
import { WallToolbar } from './wall-toolbar.tsx';

export function WallPage() {
  const { data, state } = usePoll<{ streams: StreamView[] }>('/api/v1/streams');
  const section = useRef<HTMLElement>(null);
  const grid = useRef<HTMLUListElement>(null);
  const shown = usePageVisible();
  const layout = wallLayout.value;
  const streams = data.value?.streams;
  const tiles = pageOf(streams ?? [], layout, wallPage.value);
  const pages = countPages(layout, streams?.length ?? 0);
  const page = Math.min(wallPage.value, pages - 1);
  useWallLayout(grid, layout, tiles.length);
  useKeys(page, pages);
  const { wall } = text.value;
  useEffect(() => {
    document.title = `${wall.title} · Yeoul`;
  }, [wall]);
  const reached = reachesServer(state.value);
  const failure = 'failure' in state.value ? state.value.failure : null;
  return (
    <section class="wall" ref={section} aria-busy={streams === undefined}>
      <div class="headline">
        <h1>{headline(reached ? streams : undefined)}</h1>
        {failure && <p class="reason">{describeFailure(failure, language.value)}</p>}
        {Boolean(streams?.length) && (
          <WallToolbar
            page={page}
            pages={pages}
            onFullScreen={() => section.current?.requestFullscreen().catch(() => undefined)}
          />
        )}
      </div>
      {isLocked(state.value) && <LoginForm />}
      {streams?.length === 0 && <Empty />}
      <ul class={`grid ${layout}`} ref={grid}>
        {tiles.map((stream) => (
          <Tile key={stream.id} stream={stream} shown={shown.value} />
        ))}
      </ul>
    </section>
  );
}

/** In full screen there are no buttons. */
function useKeys(page: number, pages: number): void {
  useEffect(() => {
    const handleKey = ({ key }: KeyboardEvent): void => {
      if (key === 'PageDown' && page + 1 < pages) turnTo(page + 1);
      if (key === 'PageUp' && page > 0) turnTo(page - 1);
    };
    document.addEventListener('keydown', handleKey);
    return () => document.removeEventListener('keydown', handleKey);
  }, [page, pages]);
}

function Empty() {
  const { wall } = text.value;
  return (
    <div class="empty">
      <p class="hint">{wall.emptyHint}</p>
      <a class="button" href="/admin#add">
        <Icon name="plus" />
        {wall.addCamera}
      </a>
    </div>
  );
}

function headline(streams: readonly StreamView[] | undefined): string {
  const { wall } = text.value;
  if (!streams) return wall.noServer;
  if (streams.length === 0) return wall.empty;
  const live = streams.filter((stream) => stream.state === 'live').length;
  return live === 1 && streams.length === 1 ? wall.one : wall.flowing(live, streams.length);
}
