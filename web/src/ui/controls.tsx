// What one can do with a picture: connect, hear, enlarge.

import type { Signal } from '@preact/signals';
import type { PlayerView, WhepPlayer } from '../players/whep-player.ts';
import { toggleFullScreen } from './full-screen.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './pictograms.ts';
import { text } from './settings.ts';

interface ControlsProperties {
  readonly player: WhepPlayer;
  readonly view: PlayerView;
  /** Whether the viewer wants to be connected. */
  readonly wanted: Signal<boolean>;
  readonly host: { readonly current: HTMLElement | null };
  /** How many encodings the camera has to choose from. */
  readonly profiles: number;
}

export function Controls({ player, view, wanted, host, profiles }: ControlsProperties) {
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
      {profiles > 1 && <QualityChoice player={player} view={view} />}
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
        onClick={() => void toggleFullScreen(host.current, player.video)}
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

function QualityChoice({ player, view }: Pick<ControlsProperties, 'player' | 'view'>) {
  const { label, modes } = text.value.quality;
  return (
    <select
      class="quality"
      aria-label={label}
      title={label}
      data-testid="quality"
      value={view.quality}
      onInput={(event) => player.setQualityMode(event.currentTarget.value as PlayerView['quality'])}
    >
      {(['auto', 'main', 'sub'] as const).map((mode) => (
        <option key={mode} value={mode}>
          {modes[mode]}
        </option>
      ))}
    </select>
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
