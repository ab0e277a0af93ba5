// One stream, large: its picture, its controls, its figures.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { StreamView } from '#contract/streams.ts';
import type { PlayerView } from '../players/whep-player.ts';
import { Controls } from './controls.tsx';
import { FiguresPanel } from './figures-panel.tsx';
import { Icon } from './icon.tsx';
import { reachesServer } from './server-state.ts';
import { language, text } from './settings.ts';
import { describeFailure, describePlayer, playerTone } from './state-words.ts';
import { StillWater } from './still-water.tsx';
import { usePlayer } from './use-player.ts';
import { usePoll } from './use-poll.ts';

export function ViewPage({ streamId }: { streamId: string }) {
  const stream = usePoll<StreamView>(`/api/v1/streams/${encodeURIComponent(streamId)}`);
  const wanted = useSignal(true);
  const { player, view, host } = usePlayer(streamId, true);
  const name = stream.data.value?.name || streamId;
  const live = stream.data.value?.state === 'live';
  useEffect(() => {
    document.title = `${name} · Yeoul`;
  }, [name]);
  useEffect(() => {
    if (live) player.value?.wake();
  }, [live, player.value]);
  const seen = view.value;
  return (
    <article class="view">
      <div class="theatre">
        <div class={seen?.picture && !seen.playing ? 'picture past' : 'picture'} ref={host}>
          {!seen?.picture && (
            <StillWater flowing={seen !== undefined && playerTone(seen) === 'busy'} />
          )}
          {seen?.picture && !seen.playing && (
            <span class="badge">{text.value.view.lastPicture}</span>
          )}
        </div>
        <div class="under">
          <div class="who">
            <a class="back" href="/" aria-label={text.value.view.back} title={text.value.view.back}>
              <Icon name="back" />
            </a>
            <h1>{name}</h1>
          </div>
          {seen && <State view={seen} />}
          {seen && player.value && (
            <Controls player={player.value} view={seen} wanted={wanted} host={host} />
          )}
        </div>
        {stream.data.value && reachesServer(stream.state.value) && (
          <About stream={stream.data.value} />
        )}
      </div>
      {seen && <FiguresPanel view={seen} />}
    </article>
  );
}

/** Where the connection is, what comes next, and why. */
function State({ view }: { view: PlayerView }) {
  const { connection } = view;
  const failure = 'failure' in connection ? connection.failure : null;
  const { attempt } = text.value.connection;
  return (
    <p class="state" data-testid="state" data-state={connection.kind} data-playing={view.playing}>
      <span class={`dot ${playerTone(view)}`} />
      <span class="phrase">{describePlayer(view, language.value)}</span>
      {connection.kind === 'waiting' && <span class="aside">{attempt(connection.attempt)}</span>}
      {failure && <span class="reason">{describeFailure(failure, language.value)}</span>}
    </p>
  );
}

function About({ stream }: { stream: StreamView }) {
  const { view, stream: states } = text.value;
  const since = stream.state === 'live' && stream.reason === null;
  return (
    <dl class="about">
      <div>
        <dt>{since ? view.liveSince : states[stream.state]}</dt>
        <dd>{stream.reason ?? <Since time={stream.stateSince} />}</dd>
      </div>
      <div>
        <dt>{view.viewers}</dt>
        <dd>{stream.viewers}</dd>
      </div>
      <div>
        <dt>{view.source}</dt>
        <dd>{stream.source}</dd>
      </div>
    </dl>
  );
}

function Since({ time }: { time: string }) {
  const format = new Intl.DateTimeFormat(language.value, {
    dateStyle: 'medium',
    timeStyle: 'medium',
  });
  return <time dateTime={time}>{format.format(new Date(time))}</time>;
}
