// The connection of a listener, step by step (PRODUCT 2.3), and who is refused.

import { expect, test } from 'vitest';
import { setUpConsole } from '../../../test/support/console-set-up.ts';
import type { SoundService } from '../../api/sound-service.ts';
import type { Listeners } from '../../signalling/listening/listeners.ts';

const address = '10.0.0.7';

test('the rules are what the WebSocket and the routes need', () => {
  const { console } = setUpConsole();
  const service = console satisfies Listeners &
    Omit<SoundService, 'devices' | 'importFrom' | 'joinCodes'>;
  expect(service.listeners()).toEqual([]);
});

test('hello, a port, a wish, and sound: to that port of the WebSocket’s address', () => {
  const { console, engine, join } = setUpConsole({ device: 'tones:' });
  const { link, session } = join();
  expect(link.messages).toEqual([{ type: 'hello', client_id: session.id }]);
  expect(console.listener(session.id).state).toBe('waiting');
  expect(console.requestAudio({ udpPort: 5_004, clientId: session.id, address })).toEqual({
    status: 'ok',
    client_id: session.id,
    udp_port: 5_004,
  });
  expect(engine.plan.listeners).toEqual([]);
  expect(engine.plan.source).toBeNull();
  session.configure({
    channels: [
      { id: 1, name: 'Vocal', mute: false },
      { id: 2, mute: true },
    ],
    sample_rate: 44_100,
    compression: 'opus',
  });
  const ssrc = engine.listener(session.id)?.rtpStreams[0]?.ssrc;
  expect(engine.plan).toEqual({
    source: 'tones:',
    isTestMode: false,
    dscp: 46,
    hasMeters: false,
    listeners: [
      {
        id: session.id,
        address,
        rendition: { codec: 'opus', sampleRate: 44_100, packetMs: 5, bitrate: 58_800 },
        layout: 'bundle',
        rtpStreams: [{ ssrc, payloadType: 100, port: 5_004, channels: [1] }],
        stateVersion: 1,
        isEventPending: false,
      },
    ],
  });
  expect(link.messages.at(-1)).toEqual({
    type: 'stream_config',
    payload: {
      compression: 'opus',
      layout: 'bundle',
      sample_rate: 44_100,
      clock_rate: 48_000,
      packet_time_ms: 5,
      bitrate: 58_800,
      channels: [{ id: 1, name: 'CH01' }],
      left_out: [],
      streams: [{ payload_type: 100, ssrc, channels: [1], port: 5_004 }],
    },
  });
  expect(console.listener(session.id).state).toBe('listening');
});

test('the wish may come before the port: what is sent is told again with the port in it', () => {
  const { console, engine, join } = setUpConsole();
  const { link, session } = join();
  session.configure({ compression: 'pcm' });
  const before = link.config!.streams;
  expect(before.map(({ port }) => port)).toEqual([null, null]);
  expect(engine.plan.listeners).toEqual([]);
  console.requestAudio({ udpPort: 5_004, clientId: session.id, address });
  expect(link.config!.streams).toEqual(before.map((stream) => ({ ...stream, port: 5_004 })));
  expect(engine.listener(session.id)?.rtpStreams).toHaveLength(2);
});

test('who names a port and says nothing more gets the defaults after a second', () => {
  const { clock, console, engine, join } = setUpConsole();
  const { link, session } = join();
  console.requestAudio({ udpPort: 5_004, clientId: session.id, address });
  clock.advance(999);
  expect(link.config).toBeUndefined();
  clock.advance(1);
  expect(link.config).toMatchObject({ compression: 'opus', layout: 'bundle' });
  expect(engine.listener(session.id)?.rtpStreams[0]?.channels).toHaveLength(32);
});

test('a wish in time takes the place of the defaults', () => {
  const { clock, console, join } = setUpConsole();
  const { link, session } = join();
  console.requestAudio({ udpPort: 5_004, clientId: session.id, address });
  session.configure({ compression: 'pcm' });
  clock.advance(5_000);
  expect(link.all('stream_config')).toHaveLength(1);
});

test('without an id, the port is that of the oldest listener from there that has none', () => {
  const { console, join } = setUpConsole();
  join('10.0.0.8');
  const first = join();
  const second = join();
  const ask = (udpPort: number) =>
    console.requestAudio({ udpPort, clientId: undefined, address: '::ffff:10.0.0.7' }).client_id;
  expect([ask(5_004), ask(5_006)]).toEqual([first.session.id, second.session.id]);
  expect(() => ask(5_008)).toThrow(expect.objectContaining({ code: 'listener_not_found' }));
});

test('another address cannot say where somebody’s sound goes to', () => {
  const { console, engine, join } = setUpConsole();
  const { session } = join();
  const ask = () =>
    console.requestAudio({ udpPort: 5_004, clientId: session.id, address: '10.0.0.66' });
  expect(ask).toThrow(expect.objectContaining({ code: 'foreign_listener' }));
  session.configure({});
  expect(engine.plan.listeners).toEqual([]);
  expect(console.listener(session.id).udp_port).toBeNull();
});

test('an address is the same in IPv6 notation', () => {
  const { console, engine, join } = setUpConsole();
  const { session } = join('::ffff:10.0.0.7');
  session.configure({});
  console.requestAudio({ udpPort: 5_004, clientId: session.id, address: '10.0.0.7' });
  expect(engine.listener(session.id)?.address).toBe('10.0.0.7');
});

test('an unknown id is no listener', () => {
  const { console } = setUpConsole();
  const unknown = expect.objectContaining({ code: 'listener_not_found' });
  expect(() => console.requestAudio({ udpPort: 5_004, clientId: 'nobody', address })).toThrow(
    unknown,
  );
  expect(() => console.listener('nobody')).toThrow(unknown);
  expect(() => console.meta('nobody')).toThrow(unknown);
  expect(() => console.kick('nobody')).toThrow(unknown);
  expect(() => console.sendMessage('hello', 'nobody')).toThrow(unknown);
});

test('plain streams have a port each, and must fit', () => {
  const { console, engine, join } = setUpConsole();
  const { link, session } = join();
  console.requestAudio({ udpPort: 65_500, clientId: session.id, address });
  session.configure({ layout: 'plain' });
  expect(link.messages.at(-1)).toMatchObject({ type: 'error', code: 'invalid_input' });
  expect(engine.plan.listeners).toEqual([]);
  session.configure({ layout: 'plain', channels: [{ id: 2 }, { id: 4 }] });
  expect(engine.listener(session.id)?.rtpStreams).toMatchObject([
    { port: 65_500, channels: [2], payloadType: 111 },
    { port: 65_502, channels: [4], payloadType: 111 },
  ]);
  const move = () => console.requestAudio({ udpPort: 65_534, clientId: session.id, address });
  expect(move).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  expect(engine.listener(session.id)?.rtpStreams[0]?.port).toBe(65_500);
});

test('plain streams as the default that do not fit are refused in words too', () => {
  const { clock, console, join } = setUpConsole();
  console.changeSettings({ layout: 'plain' });
  const { link, session } = join();
  console.requestAudio({ udpPort: 65_500, clientId: session.id, address });
  clock.advance(1_000);
  expect(link.messages.at(-1)).toMatchObject({ type: 'error', code: 'invalid_input' });
  expect(console.listener(session.id).state).toBe('waiting');
});

test('a new wish counts at once; the bundle of Opus keeps its SSRC', () => {
  const { listen } = setUpConsole();
  const { link, session, plan } = listen();
  const before = plan()!;
  session.configure({ channels: [{ id: 3 }] });
  const after = plan()!;
  expect(after.rtpStreams).toEqual([{ ...before.rtpStreams[0], channels: [3] }]);
  expect(after.stateVersion).toBe(before.stateVersion + 1);
  session.configure({ compression: 'pcm24', sample_rate: 24_000 });
  expect(plan()?.rtpStreams[0]).toMatchObject({ payloadType: 107 });
  expect(plan()?.rtpStreams[0]?.ssrc).not.toBe(before.rtpStreams[0]?.ssrc);
  expect(link.config).toMatchObject({ compression: 'pcm24', clock_rate: 24_000, bitrate: null });
});

test('who wants no channel gets nothing and is still a listener', () => {
  const { console, engine, listen, log } = setUpConsole({ device: 'tones:' });
  const { link, session } = listen();
  session.configure({ channels: [] });
  expect(engine.plan).toMatchObject({ source: null, listeners: [] });
  expect(link.config).toMatchObject({ channels: [], streams: [] });
  expect(console.listener(session.id).state).toBe('listening');
  expect(log.lines.at(-1)).toMatchObject({
    message: 'Sound stopped',
    fields: { reason: 'it wants no channel' },
  });
});

test('without heartbeats the sending stops after 30 s; the next one starts it again, with new SSRCs', () => {
  const { clock, console, engine, listen, log } = setUpConsole({ device: 'tones:' });
  const { link, session, plan } = listen({ compression: 'pcm' });
  const before = plan()!;
  clock.advance(29_999);
  expect(plan()).toBeDefined();
  clock.advance(1);
  expect(engine.plan).toMatchObject({ source: null, listeners: [] });
  expect(console.listener(session.id).state).toBe('silent');
  expect(log.lines.at(-1)).toMatchObject({
    message: 'Sound stopped',
    fields: { reason: 'no heartbeat' },
  });
  session.heartbeat('2026-01-01T00:00:30Z');
  const after = plan()!;
  expect(after.rtpStreams.map(({ ssrc }) => ssrc)).toEqual(
    link.config!.streams.map(({ ssrc }) => ssrc),
  );
  expect(after.rtpStreams[0]?.ssrc).not.toBe(before.rtpStreams[0]?.ssrc);
  expect(after.stateVersion).toBeGreaterThan(before.stateVersion);
});

test('heartbeats keep it listening and change nothing else', () => {
  const { engine, listen, live } = setUpConsole();
  const { session, plan } = listen();
  const plans = engine.plans.length;
  live(120, session);
  expect(plan()).toBeDefined();
  expect(engine.plans).toHaveLength(plans);
});

test('a heartbeat that is no time is refused in words', () => {
  const { listen } = setUpConsole();
  const { link, session } = listen();
  session.heartbeat('now');
  expect(link.messages.at(-1)).toMatchObject({
    type: 'error',
    code: 'invalid_input',
    message: expect.stringContaining('2025-07-15T10:05:00Z'),
  });
});

test('the listener beyond the limit is refused, and has the place of one that leaves', () => {
  const { join } = setUpConsole({ maxListeners: 2 });
  const { session } = join();
  join();
  expect(() => join()).toThrow(expect.objectContaining({ code: 'too_many_listeners' }));
  session.close();
  session.close();
  expect(() => join()).not.toThrow();
  expect(() => join()).toThrow('All 2 places for listeners are taken');
});

test('who leaves gets nothing any more, and what it said late changes nothing', () => {
  const { clock, engine, listen, log } = setUpConsole({ device: 'tones:' });
  const { link, session } = listen();
  session.close();
  expect(engine.plan).toMatchObject({ source: null, listeners: [] });
  const told = link.messages.length;
  session.configure({});
  session.heartbeat('2026-01-01T00:00:30Z');
  clock.advance(60_000);
  expect(engine.plan.listeners).toEqual([]);
  expect(link.messages).toHaveLength(told);
  expect(log.lines.map(({ message }) => message)).toEqual([
    'Listener joined',
    'Sound started',
    'Listener left',
    'Sound stopped',
  ]);
});

test('a port moves its sound there, under new SSRCs', () => {
  const { console, listen } = setUpConsole();
  const { session, plan } = listen();
  const before = plan()!.rtpStreams[0]!;
  console.requestAudio({ udpPort: 7_000, clientId: session.id, address });
  expect(plan()?.rtpStreams[0]).toMatchObject({ port: 7_000 });
  expect(plan()?.rtpStreams[0]?.ssrc).not.toBe(before.ssrc);
});

test('a client that is back before its old WebSocket has ended takes over its port', () => {
  const { console, engine, join, listen } = setUpConsole();
  const old = listen();
  const { session } = join();
  session.configure({});
  console.requestAudio({ udpPort: old.udpPort, clientId: session.id, address });
  expect(engine.plan.listeners.map(({ id }) => id)).toEqual([session.id]);
  expect(console.listener(old.session.id)).toMatchObject({ state: 'waiting', udp_port: null });
});

test('the same port of another address is another place', () => {
  const { console, engine, join, listen } = setUpConsole();
  const one = listen();
  const { session } = join('10.0.0.8');
  session.configure({});
  const request = { udpPort: one.udpPort, clientId: session.id, address: '10.0.0.8' };
  console.requestAudio(request);
  expect(engine.plan.listeners).toHaveLength(2);
});

test('no two listeners have an SSRC in common, even if chance repeats itself', () => {
  const { engine, listen } = setUpConsole({ words: 1 });
  for (const wish of [{}, { layout: 'plain' }, { compression: 'pcm' }] as const) listen(wish);
  const ssrcs = engine.plan.listeners.flatMap(({ rtpStreams }) =>
    rtpStreams.map(({ ssrc }) => ssrc),
  );
  expect(new Set(ssrcs).size).toBe(1 + 32 + 2);
});
