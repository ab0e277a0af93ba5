// The connection under any sequence of events: what must always hold, holds.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeDial, PingLink } from '../../test/support/fake-dial.ts';
import type { ConnectionState } from './connection-state.ts';

/** The arrows of the diagram in connection-state.ts. */
const arrows: Record<ConnectionState['kind'], ConnectionState['kind'][]> = {
  idle: ['connecting', 'closed'],
  connecting: ['connected', 'waiting', 'gave-up', 'closed'],
  connected: ['waiting', 'connecting', 'closed', 'gave-up'],
  waiting: ['connecting', 'closed'],
  'gave-up': ['connecting', 'closed'],
  closed: ['connecting'],
};

const events = fc.array(
  fc.oneof(
    fc.constantFrom(
      'resolveOldest',
      'connect',
      'retryNow',
      'wake',
      'close',
      'resolve',
      'reject',
      'lost',
      'pong',
      'mute',
    ),
    fc.integer({ min: 0, max: 20_000 }),
  ),
  { maxLength: 60 },
);

test('Whatever happens in whatever order, one link and one timer at most, and only drawn arrows', async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.option(fc.nat(3)), async (sequence, maxAttempts) => {
      const fake = new FakeDial();
      const { clock, calls } = fake;
      const links: PingLink[] = [];
      const newLink = () => {
        const link = new PingLink();
        links.push(link);
        return link;
      };
      const connection = fake.open({ newLink, ...(maxAttempts !== null && { maxAttempts }) });
      let pending: typeof calls = [];
      let seen = 0;
      const actions: Record<string, () => void> = {
        connect: () => connection.connect(),
        retryNow: () => connection.retryNow(),
        wake: () => connection.wake(),
        close: () => connection.close(),
        resolve: () => pending.pop()?.resolve(),
        resolveOldest: () => pending.shift()?.resolve(),
        reject: () => pending.pop()?.reject(new Error('down')),
        lost: () => calls.at(-1)?.context.lost('cut'),
        pong: () => links.at(-1)?.pings.at(-1)?.resolve(),
        mute: () => links.at(0)?.pings.at(-1)?.reject(new Error('mute')),
      };
      for (const event of sequence) {
        pending = [...pending, ...calls.slice(seen)];
        seen = calls.length;
        if (typeof event === 'number') await clock.advanceAsync(event);
        else actions[event]!();
        await clock.advanceAsync(0);
        const alive = links.filter((link) => link.closes.length === 0);
        expect(alive.length).toBeLessThanOrEqual(1);
        expect(alive[0]).toBe(connection.link);
        expect(clock.pendingTimers).toBeLessThanOrEqual(1);
        expect(connection.link !== undefined).toBe(connection.state.kind === 'connected');
      }
      connection.close();
      for (const call of calls) call.reject(new Error('end'));
      await clock.advanceAsync(0);
      expect(clock.pendingTimers).toBe(0);
      for (const link of links) expect(link.closes).toHaveLength(1);
      for (const { context } of calls) expect(context.signal.aborted).toBe(true);
      const path = ['idle' as const, ...fake.kinds()];
      for (const [index, kind] of path.slice(1).entries())
        expect(arrows[path[index]!]).toContain(kind);
    }),
    { numRuns: 300 },
  );
});
