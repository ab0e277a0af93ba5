// One stream, large: its picture, its controls, its figures, and why it is as it is.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { StreamView } from '#contract/streams.ts';
import type { PlayerView } from '../players/whep-player.ts';
import { Controls } from './controls.tsx';
import { FiguresPanel } from './figures-panel.tsx';
import { Icon } from './icon.tsx';
import { LoginForm } from './login-form.tsx';
import { describeOrigin, isChangeable } from './origin-words.ts';
import { isPast, Picture } from './picture.tsx';
import { isLocked, reachesServer } from './server-state.ts';
import { language, text } from './settings.ts';
import { describeFailure, describePlayer, playerTone } from './state-words.ts';
import { describeState, isWatchable, nextAttemptOf } from './stream-words.ts';
import { usePageVisible } from './use-page-visible.ts';
import { usePlayer } from './use-player.ts';
import { usePoll } from './use-poll.ts';
import { useServerTime } from './use-server-time.ts';
import { ViewersPanel } from './viewers-panel.tsx';
import { WhyPanel } from './why-panel.tsx';

export function ViewPage({ streamId }: { streamId: string }) {
  const stream = usePoll<StreamView>(`/api/v1/streams/${encodeURIComponent(streamId)}`);
  const wanted = useSignal(true);
  const sounding = useSignal(false);
  const shown = usePageVisible();
  // Who hears it goes on hearing it; who has disconnected decides alone.
  const active = shown.value || sounding.value || !wanted.value;
  const { player, view, host } = usePlayer(streamId, active);
  const found = stream.data.value;
  const name = found?.name || streamId;
  const watchable = found !== undefined && isWatchable(found);
  useEffect(() => {
    document.title = `${name} · Yeoul`;
  }, [name]);
  useEffect(() => {
    if (watchable) player.value?.wake();
  }, [watchable, player.value]);
  const seen = view.value;
  sounding.value = seen !== undefined && !seen.muted;
  const viewer = seen?.sent ?? undefined;
  const known = found !== undefined && reachesServer(stream.state.value);
  return (
    <article class="view">
      {isLocked(stream.state.value) && <LoginForm />}
      <div class="theatre">
        <Picture
          host={host}
          view={seen}
          flowing={seen !== undefined && playerTone(seen) === 'busy'}
        >
          {isPast(seen) && <span class="badge">{text.value.view.lastPicture}</span>}
        </Picture>
        <div class="under">
          <div class="who">
            <a class="back" href="/" aria-label={text.value.view.back} title={text.value.view.back}>
              <Icon name="back" />
            </a>
            <h1>{name}</h1>
          </div>
          {seen && <State view={seen} />}
          {seen && player.value && (
            <Controls
              player={player.value}
              view={seen}
              wanted={wanted}
              host={host}
              profiles={found?.profiles.length ?? 0}
            />
          )}
        </div>
        {known && <About stream={found} />}
      </div>
      {seen && <FiguresPanel view={seen} />}
      {known && (
        <div class="depth">
          <WhyPanel stream={found} view={seen} viewer={viewer} />
          <ViewersPanel streamId={streamId} ownId={viewer?.id} />
        </div>
      )}
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
  const { view, origin } = text.value;
  const nowMs = useServerTime(stream.state === 'retrying').value;
  const attempt = { state: stream.state, nextAttemptAt: nextAttemptOf(stream) };
  return (
    <dl class="about">
      <div>
        <dt>
          {stream.state === 'live' ? view.liveSince : describeState(attempt, nowMs, language.value)}
        </dt>
        <dd>
          <Since time={stream.stateSince} />
        </dd>
      </div>
      <div>
        <dt>{view.viewers}</dt>
        <dd>{stream.viewers}</dd>
      </div>
      <div>
        <dt>{view.source}</dt>
        <dd>{stream.source}</dd>
      </div>
      <div>
        <dt>{origin.title}</dt>
        <dd>
          {describeOrigin(stream.origin, origin)}
          {isChangeable(stream.origin) && <a href={`/admin#edit-${stream.id}`}>{origin.change}</a>}
        </dd>
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
