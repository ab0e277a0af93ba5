// Which way is taken, step by step: each test says which ways are blocked.

import { describe, expect, test } from 'vitest';
import { UnavailableError } from '#std/errors.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import type { DialContext, Link } from './connection.ts';
import { PathChain } from './path-chain.ts';

const MINUTE_MS = 60_000;

interface FakeLink extends Link {
  readonly way: string;
  readonly context: DialContext;
  closedWith: string | undefined;
}

class World {
  readonly clock = new VirtualClock();
  /** Way → the code that it fails with. */
  readonly blocked: Record<string, string> = {};
  readonly tried: string[] = [];
  readonly links: FakeLink[] = [];
  memory = '';
  better = 0;
  /** What each attempt waits for. */
  opening: Promise<void> = Promise.resolve();
  readonly chain: PathChain<FakeLink>;

  constructor(options: { canMse?: boolean; memory?: string } = {}) {
    this.memory = options.memory ?? '';
    const way = (name: string) => (context: DialContext) => this.#open(name, context);
    this.chain = new PathChain<FakeLink>({
      clock: this.clock,
      memory: {
        read: () => this.memory,
        write: (text) => {
          this.memory = text;
        },
      },
      onBetter: () => this.better++,
      ways: {
        webrtcBySocket: way('socket'),
        webrtcByWhep: way('whep'),
        mse: (options.canMse ?? true) ? way('mse') : undefined,
      },
    });
  }

  /** A dial of its own; the attempt is the page's to abort. */
  dial(attempt = new AbortController()) {
    const lost: string[] = [];
    const context = { signal: attempt.signal, lost: (reason: string) => void lost.push(reason) };
    const link = this.chain.dial(context);
    link.catch(() => undefined);
    return { link, lost, attempt };
  }

  async dialled(): Promise<string> {
    return (await this.dial().link).way;
  }

  async #open(way: string, context: DialContext): Promise<FakeLink> {
    this.tried.push(way);
    await this.opening;
    const code = this.blocked[way];
    if (code !== undefined) throw new UnavailableError(`${way} failed`, { code });
    const link: FakeLink = {
      way,
      context,
      closedWith: undefined,
      close: (reason) => {
        link.closedWith ??= reason;
      },
    };
    this.links.push(link);
    return link;
  }
}

describe('the way that is taken', () => {
  test('is WebRTC over the WebSocket', async () => {
    const world = new World();
    expect(await world.dialled()).toBe('socket');
    expect(world.tried).toEqual(['socket']);
  });

  test('is WHEP where WebSockets do not get through', async () => {
    const world = new World();
    world.blocked['socket'] = 'no_socket';
    expect(await world.dialled()).toBe('whep');
  });

  test('is WHEP where WebSockets are swallowed twice in a row', async () => {
    const world = new World();
    world.blocked['socket'] = 'connect_timeout';
    await expect(world.dial().link).rejects.toMatchObject({ code: 'connect_timeout' });
    await expect(world.dial().link).rejects.toMatchObject({ code: 'connect_timeout' });
    expect(await world.dialled()).toBe('whep');
    expect(world.tried).toEqual(['socket', 'socket', 'whep']);
  });

  test.each(['no_media_path', 'codec_refused'])('is MSE at once after %s', async (code) => {
    const world = new World();
    world.blocked['socket'] = code;
    expect(await world.dialled()).toBe('mse');
    expect(world.tried).toEqual(['socket', 'mse']);
  });

  test('is MSE where WHEP gets through, and its medium does not', async () => {
    const world = new World();
    world.blocked['socket'] = 'no_socket';
    world.blocked['whep'] = 'no_media_path';
    expect(await world.dialled()).toBe('mse');
  });

  test.each(['stream_not_found', 'too_many_viewers', 'stream_not_ready', 'lost', 'unreachable'])(
    'is no other where each would fail by %s',
    async (code) => {
      const world = new World();
      world.blocked['socket'] = code;
      await expect(world.dial().link).rejects.toMatchObject({ code });
      expect(world.tried).toEqual(['socket']);
    },
  );

  test('is none where all fail, for the reason of the best', async () => {
    const world = new World();
    Object.assign(world.blocked, { socket: 'no_media_path', mse: 'codec_refused' });
    await expect(world.dial().link).rejects.toMatchObject({ code: 'no_media_path' });
    const without = new World({ canMse: false });
    without.blocked['socket'] = 'no_media_path';
    await expect(without.dial().link).rejects.toMatchObject({ code: 'no_media_path' });
  });

  test('is none for a dial that was given up', async () => {
    const world = new World();
    world.blocked['socket'] = 'no_media_path';
    const { link, attempt } = world.dial();
    attempt.abort(new Error('given up'));
    await expect(link).rejects.toThrow('given up');
    expect(world.tried).toEqual(['socket']);
  });
});

describe('a medium that breaks', () => {
  test('twice, soon after it began, makes MSE the first way', async () => {
    const world = new World();
    world.chain.noteBreak(5_000);
    expect(await world.dialled()).toBe('socket');
    world.chain.noteBreak(5_000);
    expect(await world.dialled()).toBe('mse');
  });

  test('after it had worked for long is no reason', async () => {
    const world = new World();
    world.chain.noteBreak(5_000);
    world.chain.noteBreak(31_000);
    expect(await world.dialled()).toBe('socket');
  });

  test('because the stream itself stopped is no reason', async () => {
    const world = new World();
    world.chain.noteBreak(5_000);
    world.chain.noteStreamAway();
    world.chain.noteBreak(5_000);
    expect(await world.dialled()).toBe('socket');
  });
});

describe('what worked is remembered', () => {
  async function fallenBack() {
    const world = new World();
    world.blocked['socket'] = 'no_media_path';
    await world.dialled();
    return world;
  }

  test('by the next page, for 10 minutes', async () => {
    const { memory, clock } = await fallenBack();
    expect(Number(memory) - clock.wallMs()).toBe(10 * MINUTE_MS);
    const soon = new World({ memory });
    expect(await soon.dialled()).toBe('mse');
    const late = new World({ memory });
    late.clock.advance(10 * MINUTE_MS);
    expect(await late.dialled()).toBe('socket');
  });

  test('and given up where it does not work any more', async () => {
    const { memory } = await fallenBack();
    const world = new World({ memory });
    world.blocked['mse'] = 'no_socket';
    expect(await world.dialled()).toBe('socket');
  });

  test.each(['', 'nonsense', '1e99', '-1', '5'])('unless the memory says %j', async (memory) => {
    expect(await new World({ memory }).dialled()).toBe('socket');
  });
});

describe('beside MSE', () => {
  async function fallenBack() {
    const world = new World();
    world.blocked['socket'] = 'no_media_path';
    const { link } = world.dial();
    await link;
    world.tried.length = 0;
    return world;
  }

  test('WebRTC is tried after a minute, and less often each time', async () => {
    const world = await fallenBack();
    await world.clock.advanceAsync(MINUTE_MS - 1);
    expect(world.tried).toEqual([]);
    await world.clock.advanceAsync(1);
    expect(world.tried).toEqual(['socket']);
    // After 2, 4, 8, 10 and 10 minutes more.
    await world.clock.advanceAsync(34 * MINUTE_MS);
    expect(world.tried).toHaveLength(6);
  });

  test('WebRTC that works takes its place at once, and is the first way again', async () => {
    const world = await fallenBack();
    delete world.blocked['socket'];
    await world.clock.advanceAsync(MINUTE_MS);
    expect(world.better).toBe(1);
    const { link, lost, attempt } = world.dial();
    expect(await link).toBe(world.links.at(-1));
    expect(world.tried).toEqual(['socket']);
    expect(world.memory).toBe('');
    // Its owner hears of its end, and it of its owner's.
    (await link).context.lost('broke');
    expect(lost).toEqual(['broke']);
    attempt.abort();
    expect((await link).context.signal.aborted).toBe(true);
    expect(await world.dialled()).toBe('socket');
  });

  test('WebRTC that breaks before it is taken is not taken', async () => {
    const world = await fallenBack();
    delete world.blocked['socket'];
    await world.clock.advanceAsync(MINUTE_MS);
    const spare = world.links.at(-1)!;
    spare.context.lost('broke');
    expect(spare.closedWith).toBe('broke');
    expect(await await world.dial().link).not.toBe(spare);
  });

  test('nothing is tried any more once the page rests, and what was is closed', async () => {
    const resting = await fallenBack();
    resting.chain.rest();
    await resting.clock.advanceAsync(10 * MINUTE_MS);
    expect(resting.tried).toEqual([]);
    const late = await fallenBack();
    delete late.blocked['socket'];
    const opened = Promise.withResolvers<void>();
    late.opening = opened.promise;
    await late.clock.advanceAsync(MINUTE_MS);
    late.chain.rest();
    opened.resolve();
    await late.clock.advanceAsync(0);
    expect(late.links.at(-1)?.closedWith).toBe('not needed any more');
    expect(late.better).toBe(0);
    const found = await fallenBack();
    delete found.blocked['socket'];
    await found.clock.advanceAsync(MINUTE_MS);
    found.chain.rest();
    expect(found.links.at(-1)?.closedWith).toBe('not needed any more');
  });
});
