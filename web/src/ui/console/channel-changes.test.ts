// What a changed list of channels means for listeners, and what is taken over from the mixing console.

import { expect, test } from 'vitest';
import { consoleChannel } from '#contract/console.ts';
import { makeConsoleView } from '../../../../test/support/console-view.ts';
import {
  changeChannel,
  changesMapping,
  findDifferences,
  finishNames,
  isSame,
  mappingOf,
  takeOver,
} from './channel-changes.ts';

const { channels } = makeConsoleView();
const imported = channels.map(({ mapped: _, ...channel }) => channel);

test('Other names and colours leave the mapping as it is; another order or switch does not', () => {
  const named = changeChannel(channels, 3, { name: 'Vocal', color: 'red' });
  expect(named[2]).toEqual({ ...channels[2], name: 'Vocal', color: 'red' });
  expect(isSame(channels, named)).toBe(false);
  expect(changesMapping(channels, named)).toBe(false);
  expect(changesMapping(channels, changeChannel(channels, 3, { mapped: false }))).toBe(true);
  expect(changesMapping(channels, channels.toReversed())).toBe(true);
});

test('Where a channel lies that does not go out makes no difference to who listens', () => {
  const hidden = changeChannel(channels, 1, { mapped: false });
  const moved = [...hidden.slice(1), ...hidden.slice(0, 1)];
  expect(mappingOf(moved)).toHaveLength(31);
  expect(changesMapping(hidden, moved)).toBe(false);
  expect(isSame(hidden, moved)).toBe(false);
});

test('Copies are the same', () => {
  expect(isSame(channels, structuredClone(channels))).toBe(true);
  expect(isSame(channels, channels.slice(1))).toBe(false);
});

test('An emptied name is the default again, and names are what the server takes', () => {
  const emptied = changeChannel(changeChannel(channels, 7, { name: ' ' }), 8, { name: ' Kick ' });
  const finished = finishNames(emptied);
  expect(finished.slice(6, 8).map(({ name }) => name)).toEqual(['CH07', 'Kick']);
  for (const channel of finished) expect(consoleChannel.parse(channel)).toEqual(channel);
});

test('Only what the console says otherwise is a difference', () => {
  expect(findDifferences(channels, imported)).toEqual([]);
  const after = { id: 5, name: 'Snare', color: 'blue', source: 'Local 5' } as const;
  const differences = findDifferences(channels.toReversed(), imported.with(4, after));
  expect(differences).toEqual([{ id: 5, before: channels[4], after }]);
});

test('What was chosen is taken over; order and mapping stay', () => {
  const own = changeChannel(channels.toReversed(), 5, { mapped: false });
  const names = imported.map((channel) => ({ ...channel, name: `In ${channel.id}` }));
  const chosen = findDifferences(own, names).filter(({ id }) => id === 5);
  const taken = takeOver(own, chosen);
  expect(taken.map(({ id }) => id)).toEqual(own.map(({ id }) => id));
  expect(taken.filter(({ name }) => name.startsWith('In'))).toEqual([
    { ...channels[4], name: 'In 5', mapped: false },
  ]);
});
