// One stream on the wall: its live picture, its name, its state and how old the picture is.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { StreamView } from '#contract/streams.ts';
import type { PlayerView } from '../players/whep-player.ts';
import { formatMs } from './format.ts';
import { toggleFullScreen } from './full-screen.ts';
import { Icon } from './icon.tsx';
import { Picture } from './picture.tsx';
import { language, text } from './settings.ts';
import { describePlayer, playerTone } from './state-words.ts';
import {
  describeState,
  isWatchable,
  nextAttemptOf,
  stateTone,
  warningsOf,
} from './stream-words.ts';
import { usePlayer } from './use-player.ts';
import { useServerTime } from './use-server-time.ts';
import { useVisible } from './use-visible.ts';

interface TileProperties {
  readonly stream: StreamView;
  /** Somebody can see the page. */
  readonly shown: boolean;
}

export function Tile({ stream, shown }: TileProperties) {
  const tile = useRef<HTMLLIElement>(null);
  const visible = useVisible(tile);
  const watchable = isWatchable(stream);
  const { player, view, host } = usePlayer(stream.id, useOnce(watchable) && visible.value && shown);
  useEffect(() => {
    if (watchable) player.value?.wake();
  }, [watchable, player.value]);
  const seen = view.value;
  const name = stream.name || stream.id;
  const enlarge = text.value.wall.enlarge(name);
  return (
    <li class="tile" ref={tile} data-testid={`tile-${stream.id}`} data-state={stream.state}>
      <a href={`/view/${encodeURIComponent(stream.id)}`}>
        <Picture host={host} view={seen} flowing={stream.state === 'live'}>
          {stream.reason !== null && (
            <p class="why-not" title={stream.reason}>
              {stream.reason}
            </p>
          )}
        </Picture>
        <div class="caption">
          <h2 title={stream.id}>{name}</h2>
          <TileState stream={stream} view={seen} />
          <p class="detail">{describeStream(stream)}</p>
        </div>
      </a>
      <Warnings stream={stream} />
      <button
        type="button"
        class="over enlarge"
        aria-label={enlarge}
        title={enlarge}
        onClick={() => void toggleFullScreen(host.current, player.value?.video)}
      >
        <Icon name="expand" />
      </button>
    </li>
  );
}

/** Stays true: a stream that fails keeps its last picture and tries again by itself. */
function useOnce(condition: boolean): boolean {
  const met = useSignal(condition);
  useEffect(() => {
    if (condition) met.value = true;
  }, [condition, met]);
  return condition || met.value;
}

/** The stream's own trouble comes first, then that of our connection to it. */
function TileState({ stream, view }: { stream: StreamView; view: PlayerView | undefined }) {
  const nowMs = useServerTime(stream.state === 'retrying').value;
  const ours = stream.state === 'live' && view !== undefined && !view.playing;
  const attempt = { state: stream.state, nextAttemptAt: nextAttemptOf(stream) };
  const label = ours
    ? describePlayer(view, language.value)
    : describeState(attempt, nowMs, language.value);
  const tone = ours ? playerTone(view) : stateTone(stream.state);
  return (
    <p class="condition" data-testid="state" data-state={view?.connection.kind ?? 'idle'}>
      <span class={`dot ${tone}`} />
      <span class="label">{label}</span>
      <TileAge view={view} />
    </p>
  );
}

function TileAge({ view }: { view: PlayerView | undefined }) {
  const ageMs = view?.picture ? view.frameAgeMs : null;
  if (ageMs === null) return null;
  return (
    <span class="age" data-testid="figure-frame-age" data-value={ageMs}>
      {formatMs(ageMs)}
    </span>
  );
}

/** A small sign; the page of the stream has the words. */
function Warnings({ stream }: { stream: StreamView }) {
  const warnings = warningsOf(stream);
  if (warnings.length === 0) return null;
  return (
    <span
      class="over sign"
      role="img"
      aria-label={text.value.wall.warnings(warnings.length)}
      title={warnings.join('\n')}
      data-testid="warnings"
    >
      <Icon name="warning" />
    </span>
  );
}

function describeStream(stream: StreamView): string {
  const video = stream.tracks.find((track) => track.kind === 'video');
  const parts = [
    video?.codec,
    video?.height ? `${video.width} × ${video.height}` : null,
    video?.frameRate ? `${Math.round(video.frameRate)} fps` : null,
    stream.viewers > 0 ? text.value.wall.viewers(stream.viewers) : null,
  ];
  return parts.filter((part) => part).join('  ·  ');
}
