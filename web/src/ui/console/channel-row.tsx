// One channel in the list: its handle, colour, name, source, and whether it goes out.

import type { ChannelColor, ConsoleChannel } from '#contract/console.ts';
import { Icon } from '../icon.tsx';
import { text } from '../settings.ts';
import { MAX_NAME_CHARACTERS } from './text-limits.ts';

interface ChannelRowProperties {
  readonly channel: ConsoleChannel;
  /** How far the row is drawn from its place, while one is dragged. */
  readonly shift: string;
  readonly held: boolean;
  readonly onChange: (changes: Partial<ConsoleChannel>) => void;
  readonly onGrab: (event: PointerEvent) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

export function ChannelRow(properties: ChannelRowProperties) {
  const { channel, shift, held, onChange, onGrab, onKey } = properties;
  const { channels: words } = text.value.console;
  const { id, name, source, mapped } = channel;
  return (
    <li
      class={['channel', mapped ? '' : 'left-out', held ? 'held' : ''].join(' ')}
      data-testid={`channel-${id}`}
      style={{ transform: shift }}
    >
      <button
        type="button"
        class="handle"
        id={`handle-${id}`}
        aria-label={words.move(name)}
        aria-describedby="order-help"
        onPointerDown={onGrab}
        onKeyDown={onKey}
      >
        <Icon name="grip" />
      </button>
      <ColorChoice channel={channel} onChange={(color) => onChange({ color })} />
      <input
        class="name"
        aria-label={words.name(id)}
        value={name}
        maxLength={MAX_NAME_CHARACTERS}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onChange({ name: event.currentTarget.value })}
      />
      <span class="origin" title={source ?? undefined}>
        {words.usb(id)}
        {source && <small>{source}</small>}
      </span>
      <input
        type="checkbox"
        class="switch"
        aria-label={words.mapped(name)}
        checked={mapped}
        onInput={(event) => onChange({ mapped: event.currentTarget.checked })}
      />
    </li>
  );
}

interface ColorChoiceProperties {
  readonly channel: ConsoleChannel;
  readonly onChange: (color: ChannelColor | null) => void;
}

function ColorChoice({ channel: { id, color }, onChange }: ColorChoiceProperties) {
  const { channels: words } = text.value.console;
  return (
    <select
      class={`swatch ${color ?? 'none'}`}
      aria-label={words.color(id)}
      value={color ?? 'none'}
      onInput={(event) => {
        const chosen = event.currentTarget.value as ChannelColor | 'none';
        onChange(chosen === 'none' ? null : chosen);
      }}
    >
      {Object.entries(words.colors).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
