// The rows of the channels with their meters; a row is moved by dragging its handle or by keys.

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ConsoleChannel } from '#contract/console.ts';
import { text } from '../settings.ts';
import { changeChannel } from './channel-changes.ts';
import { ChannelMeters } from './channel-meters.tsx';
import { move, placeByKey, shiftOf } from './channel-order.ts';
import { ChannelRow } from './channel-row.tsx';
import type { LevelFeed } from './use-console.ts';
import { useRowDrag } from './use-row-drag.ts';

interface ChannelListProperties {
  readonly channels: readonly ConsoleChannel[];
  readonly levels: LevelFeed;
  readonly onChange: (channels: readonly ConsoleChannel[]) => void;
}

export function ChannelList({ channels, levels, onChange }: ChannelListProperties) {
  const said = useSignal('');
  /** The handle whose row was moved by a key: a moved element loses the focus. */
  const focused = useRef<number | null>(null);
  const reorder = (from: number, to: number): void => {
    const channel = channels[from];
    if (!channel) return;
    said.value = text.value.console.channels.moved(channel.name, to + 1);
    onChange(move(channels, from, to));
  };
  const { drag, start } = useRowDrag(channels.length, reorder);
  useLayoutEffect(() => {
    if (focused.current !== null) document.getElementById(`handle-${focused.current}`)?.focus();
    focused.current = null;
  });
  const moveByKey = (event: KeyboardEvent, from: number): void => {
    const to = placeByKey(event.key, from, channels.length);
    if (to === undefined) return;
    event.preventDefault();
    if (to === from) return;
    focused.current = channels[from]?.id ?? null;
    reorder(from, to);
  };
  const held = drag.value;
  const ids = channels.map(({ id }) => id);
  return (
    <div class="channels">
      <ol>
        {channels.map((channel, index) => (
          <ChannelRow
            key={channel.id}
            channel={channel}
            held={held?.from === index}
            shift={describeShift(index, held)}
            onChange={(changes) => onChange(changeChannel(channels, channel.id, changes))}
            onGrab={(event) => start(event, index)}
            onKey={(event) => moveByKey(event, index)}
          />
        ))}
      </ol>
      <ChannelMeters feed={levels} order={held ? move(ids, held.from, held.to) : ids} />
      <p class="unseen" aria-live="polite" data-testid="said">
        {said.value}
      </p>
    </div>
  );
}

type Held = NonNullable<ReturnType<typeof useRowDrag>['drag']['value']>;

function describeShift(index: number, held: Held | null): string {
  if (!held) return '';
  if (index === held.from) return `translateY(${held.distancePx}px)`;
  const rows = shiftOf(index, held.from, held.to);
  return rows === 0 ? '' : `translateY(${100 * rows}%)`;
}
