// One stream on the wall: its live picture, its name, its state and how old the picture is.

import { useEffect, useRef } from 'preact/hooks';
import type { StreamView } from '#contract/streams.ts';
import type { PlayerView } from '../players/whep-player.ts';
import { formatMs } from './format.ts';
import { language, text } from './settings.ts';
import { describePlayer, playerTone, type Tone } from './state-words.ts';
import { StillWater } from './still-water.tsx';
import { usePlayer } from './use-player.ts';
import { useVisible } from './use-visible.ts';

export function Tile({ stream }: { stream: StreamView }) {
  const tile = useRef<HTMLLIElement>(null);
  const visible = useVisible(tile);
  const { player, view, host } = usePlayer(stream.id, visible.value);
  const live = stream.state === 'live';
  useEffect(() => {
    if (live) player.value?.wake();
  }, [live, player.value]);
  const seen = view.value;
  const name = stream.name || stream.id;
  return (
    <li class="tile" ref={tile} data-testid={`tile-${stream.id}`} data-state={stream.state}>
      <a href={`/view/${encodeURIComponent(stream.id)}`}>
        <div class={seen?.picture && !seen.playing ? 'picture past' : 'picture'} ref={host}>
          {!seen?.picture && <StillWater flowing={live} />}
        </div>
        <div class="caption">
          <h2 title={stream.id}>{name}</h2>
          <TileState stream={stream} view={seen} />
          <p class="detail">{describeStream(stream)}</p>
        </div>
      </a>
    </li>
  );
}

/** The stream's own trouble comes first, then that of our connection to it. */
function TileState({ stream, view }: { stream: StreamView; view: PlayerView | undefined }) {
  const states = text.value.stream;
  const ours = stream.state === 'live' && view !== undefined && !view.playing;
  const label = ours ? describePlayer(view, language.value) : states[stream.state];
  const tone = ours ? playerTone(view) : streamTone(stream);
  return (
    <p class="condition" data-testid="state" data-state={view?.connection.kind ?? 'idle'}>
      <span class={`dot ${tone}`} />
      {label}
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

function streamTone({ state }: StreamView): Tone {
  if (state === 'live') return 'live';
  if (state === 'refused') return 'bad';
  return state === 'disabled' ? 'still' : 'busy';
}

/** What it is, or why it is not there. */
function describeStream(stream: StreamView): string {
  if (stream.reason !== null) return stream.reason;
  const video = stream.tracks.find((track) => track.kind === 'video');
  const parts = [
    video?.codec,
    video?.height ? `${video.width} × ${video.height}` : null,
    video?.frameRate ? `${Math.round(video.frameRate)} fps` : null,
    stream.viewers > 0 ? text.value.wall.viewers(stream.viewers) : null,
  ];
  return parts.filter((part) => part).join('  ·  ');
}
