// What one can do with a picture: connect, hear, enlarge.

import type { Signal } from '@preact/signals';
import type { PlayerView, WhepPlayer } from '../players/whep-player.ts';
import { Icon, type IconName } from './icon.tsx';
import { text } from './settings.ts';

interface ControlsProperties {
  readonly player: WhepPlayer;
  readonly view: PlayerView;
  /** Whether the viewer wants to be connected. */
  readonly wanted: Signal<boolean>;
  readonly host: { readonly current: HTMLElement | null };
}

export function Controls({ player, view, wanted, host }: ControlsProperties) {
  const words = text.value.view;
  const { kind } = view.connection;
  const canPop = document.pictureInPictureEnabled && view.playing;
  const hasSound = !view.muted || (view.figures?.audioCodec ?? null) !== null;
  return (
    <div class="controls">
      {(kind === 'waiting' || kind === 'gave-up') && (
        <button
          type="button"
          class="button"
          data-testid="try-now"
          onClick={() => player.retryNow()}
        >
          {words.tryNow}
        </button>
      )}
      <ConnectButton player={player} wanted={wanted} />
      {hasSound && (
        <IconButton
          name={view.muted ? 'silent' : 'sound'}
          label={view.muted ? words.unmute : words.mute}
          testId="sound"
          onClick={() => player.setMuted(!view.muted)}
        />
      )}
      {canPop && (
        <IconButton
          name="window"
          label={words.pictureInPicture}
          testId="picture-in-picture"
          onClick={() => void player.video?.requestPictureInPicture().catch(() => undefined)}
        />
      )}
      <IconButton
        name="expand"
        label={words.fullScreen}
        testId="full-screen"
        onClick={() => void toggleFullScreen(player, host.current)}
      />
    </div>
  );
}

function ConnectButton({ player, wanted }: Pick<ControlsProperties, 'player' | 'wanted'>) {
  const words = text.value.view;
  const toggle = (): void => {
    wanted.value = !wanted.value;
    if (wanted.value) player.connect();
    else player.disconnect();
  };
  return (
    <button
      type="button"
      class={wanted.value ? 'button quiet' : 'button'}
      data-testid={wanted.value ? 'disconnect' : 'connect'}
      onClick={toggle}
    >
      {wanted.value ? words.disconnect : words.connect}
    </button>
  );
}

interface IconButtonProperties {
  readonly name: IconName;
  readonly label: string;
  readonly testId: string;
  readonly onClick: () => void;
}

function IconButton({ name, label, testId, onClick }: IconButtonProperties) {
  return (
    <button
      type="button"
      class="button quiet icon"
      data-testid={testId}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name={name} />
    </button>
  );
}

/** iPhones enlarge only video elements. */
async function toggleFullScreen(player: WhepPlayer, host: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement) {
    await document.exitFullscreen();
    return;
  }
  const video = player.video as (HTMLVideoElement & { webkitEnterFullscreen?(): void }) | undefined;
  if (host?.requestFullscreen) await host.requestFullscreen().catch(() => undefined);
  else video?.webkitEnterFullscreen?.();
}
