// One stream alone, for other people's pages: nothing around the picture, nothing behind it.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { readQuality } from '../players/quality-mode.ts';
import { toggleFullScreen } from './full-screen.ts';
import { Icon } from './icon.tsx';
import { Picture } from './picture.tsx';
import { language, text } from './settings.ts';
import { describeFailure, describePlayer } from './state-words.ts';
import { usePageVisible } from './use-page-visible.ts';
import { usePlayer } from './use-player.ts';

/** `?muted=0&controls=0&quality=sub`; without them: muted, with controls, whatever fits. */
export function EmbedPage({ streamId }: { streamId: string }) {
  const options = new URLSearchParams(location.search);
  const paused = useSignal(false);
  const shown = usePageVisible();
  const { player, view, host } = usePlayer(streamId, shown.value && !paused.value);
  const seen = view.value;
  const silent = options.get('muted') !== '0';
  useEffect(() => {
    document.documentElement.classList.add('embedded');
    document.title = `${streamId} · Yeoul`;
    return () => document.documentElement.classList.remove('embedded');
  }, [streamId]);
  useEffect(() => {
    if (!silent) player.value?.setMuted(false);
  }, [silent, player.value]);
  useEffect(() => {
    player.value?.setQualityMode(readQuality(options.get('quality')));
  }, [player.value]);
  const failure = seen && 'failure' in seen.connection ? seen.connection.failure : null;
  const muted = seen?.muted ?? true;
  const { embed, view: words } = text.value;
  return (
    <section class="embed" aria-label={streamId}>
      <Picture host={host} view={seen} flowing={!paused.value} />
      {seen && !seen.playing && (
        <p class="badge" data-testid="state" data-state={seen.connection.kind}>
          {failure
            ? describeFailure(failure, language.value)
            : describePlayer(seen, language.value)}
        </p>
      )}
      {options.get('controls') !== '0' && (
        <div class="bar">
          <BarButton
            name={paused.value ? 'play' : 'pause'}
            label={paused.value ? embed.play : embed.pause}
            onClick={() => {
              paused.value = !paused.value;
            }}
          />
          <BarButton
            name={muted ? 'silent' : 'sound'}
            label={muted ? words.unmute : words.mute}
            onClick={() => player.value?.setMuted(!muted)}
          />
          <BarButton
            name="expand"
            label={words.fullScreen}
            onClick={() => void toggleFullScreen(host.current, player.value?.video)}
          />
        </div>
      )}
    </section>
  );
}

interface BarButtonProperties {
  readonly name: 'play' | 'pause' | 'silent' | 'sound' | 'expand';
  readonly label: string;
  readonly onClick: () => void;
}

function BarButton({ name, label, onClick }: BarButtonProperties) {
  return (
    <button type="button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={name} />
    </button>
  );
}
