// Changes to the list of channels: what goes out, what is taken over from the mixing console.

import type { ConsoleChannel, ConsoleImport } from '#contract/console.ts';

type ImportedChannel = ConsoleImport['channels'][number];

/** What the mixing console says otherwise of a channel. */
export interface Difference {
  readonly id: number;
  readonly before: ConsoleChannel;
  readonly after: ImportedChannel;
}

/** Whether others go out, or in another order: that interrupts who listens. */
export function changesMapping(
  before: readonly ConsoleChannel[],
  after: readonly ConsoleChannel[],
): boolean {
  return mappingOf(before).join() !== mappingOf(after).join();
}

export function mappingOf(channels: readonly ConsoleChannel[]): number[] {
  return channels.filter(({ mapped }) => mapped).map(({ id }) => id);
}

export function isSame(a: readonly ConsoleChannel[], b: readonly ConsoleChannel[]): boolean {
  return a.length === b.length && a.every((channel, index) => isEqual(channel, b[index]));
}

export function changeChannel(
  channels: readonly ConsoleChannel[],
  id: number,
  changes: Partial<ConsoleChannel>,
): ConsoleChannel[] {
  return channels.map((channel) => (channel.id === id ? { ...channel, ...changes } : channel));
}

/** As the server takes it: a name that was emptied is the default again. */
export function finishNames(channels: readonly ConsoleChannel[]): ConsoleChannel[] {
  return channels.map((channel) => ({
    ...channel,
    name: channel.name.trim() || `CH${String(channel.id).padStart(2, '0')}`,
  }));
}

/** In the order of USB. */
export function findDifferences(
  channels: readonly ConsoleChannel[],
  imported: readonly ImportedChannel[],
): Difference[] {
  const known = new Map(channels.map((channel) => [channel.id, channel]));
  return imported.flatMap((after) => {
    const before = known.get(after.id);
    if (!before || isEqual(before, { ...after, mapped: before.mapped })) return [];
    return [{ id: after.id, before, after }];
  });
}

export function takeOver(
  channels: readonly ConsoleChannel[],
  chosen: readonly Difference[],
): ConsoleChannel[] {
  const imported = new Map(chosen.map(({ id, after }) => [id, after]));
  return channels.map((channel) => ({ ...channel, ...imported.get(channel.id) }));
}

function isEqual(a: ConsoleChannel, b: ConsoleChannel | undefined): boolean {
  return (
    a.id === b?.id &&
    a.name === b.name &&
    a.color === b.color &&
    a.source === b.source &&
    a.mapped === b.mapped
  );
}
