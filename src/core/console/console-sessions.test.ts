// Changes of settings while sound goes out, the admin's messages, kicks, and the server's end.

import { expect, test } from 'vitest';
import { CLOSE_KICKED, CLOSE_SESSION_ENDED, CLOSE_SHUTDOWN } from '#contract/listening.ts';
import { UnavailableError } from '#std/errors.ts';
import { setUpConsole } from '../../../test/support/console-set-up.ts';

test('a change of settings ends every session with an event', () => {
  const { console, engine, join, listen } = setUpConsole();
  const one = listen();
  const waiting = join();
  console.changeSettings({ packet_time_ms: 10 });
  const event = { type: 'config_changed', reason: 'the admin changed the packet time' };
  expect(one.link.events).toEqual([event]);
  expect(waiting.link.events).toEqual([event]);
  expect(engine.plan.listeners).toEqual([]);
  expect(console.listeners()).toEqual([]);
});

test('the event names the new sample rate when that is what changed', () => {
  const { console, listen } = setUpConsole();
  const { link } = listen();
  console.changeSettings({ sample_rate: 32_000 });
  expect(link.events).toMatchObject([{ new_sample_rate: 32_000 }]);
});

test('whoever has not left a second after its session’s end is sent away', () => {
  const { clock, console, listen } = setUpConsole();
  const stays = listen();
  const leaves = listen();
  console.changeSettings({ codec: 'pcm' });
  leaves.session.close();
  clock.advance(999);
  expect(stays.link.closed).toBeUndefined();
  clock.advance(1);
  expect(stays.link.closed).toEqual({
    code: CLOSE_SESSION_ENDED,
    reason: 'the admin changed the codec',
  });
  expect(leaves.link.closed).toBeUndefined();
});

test('when the engine is lost all are told to reconnect, since another one knows nothing of them', () => {
  const { clock, console, engine, listen } = setUpConsole();
  const { link } = listen();
  console.events.onLost?.();
  const reason = 'the sound engine starts again';
  expect(link.events).toEqual([{ type: 'reconnect', reason }]);
  expect(engine.plan.listeners).toEqual([]);
  clock.advance(1_000);
  expect(link.closed).toEqual({ code: CLOSE_SESSION_ENDED, reason });
  listen();
  expect(engine.plan.listeners).toHaveLength(1);
});

test('an ended session takes nothing more, but can read what is new', () => {
  const { console, engine, listen } = setUpConsole();
  const { link, session } = listen();
  console.changeSettings({ codec: 'pcm' });
  session.configure({});
  expect(link.messages.at(-1)).toMatchObject({ type: 'error', code: 'session_ended' });
  session.heartbeat('2026-01-01T00:01:00Z');
  expect(engine.plan.listeners).toEqual([]);
  expect(console.meta(session.id)).toEqual(console.meta(undefined));
  expect(console.meta(session.id).codec).toBe('pcm');
  expect(() =>
    console.requestAudio({ udpPort: 5_004, clientId: session.id, address: link.address }),
  ).toThrow(expect.objectContaining({ code: 'listener_not_found' }));
});

test('ended sessions take no places: all can come back at once, and the next change ends them again', () => {
  const { console, listen } = setUpConsole({ maxListeners: 2 });
  const before = [listen(), listen()];
  console.changeSettings({ codec: 'pcm' });
  const after = [listen(), listen()];
  expect(console.listeners()).toHaveLength(2);
  console.changeSettings({ codec: 'opus' });
  expect(before.every(({ link }) => link.closed?.code === CLOSE_SESSION_ENDED)).toBe(true);
  expect(after.every(({ link }) => link.closed === undefined)).toBe(true);
});

test('the source stays open for those who come back, for 3 s', () => {
  const { clock, console, engine, listen } = setUpConsole({ device: 'hw:XUSB' });
  listen();
  console.changeSettings({ codec: 'pcm' });
  expect(engine.plan.source).toBe('hw:XUSB');
  clock.advance(3_000);
  expect(engine.plan.source).toBeNull();
});

test('names and colours end no session, and are in /audio-meta', () => {
  const { console, engine, listen, store } = setUpConsole();
  const { link, plan } = listen();
  const channels = store.consoleChannels();
  channels[0] = { ...channels[0]!, name: 'Vocal', color: 'red', source: 'Local 1' };
  console.changeChannels(channels);
  expect(link.events).toEqual([]);
  expect(plan()).toBeDefined();
  expect(console.meta(undefined).channels[0]).toEqual({
    id: 1,
    name: 'Vocal',
    order: 0,
    attributes: { color: 'red', source: 'Local 1' },
  });
  expect(engine.plan.listeners).toHaveLength(1);
});

test('another mapping ends sessions, and what comes then has its order', () => {
  const { console, listen, store } = setUpConsole();
  const { link } = listen();
  const [first, second, third, ...rest] = store.consoleChannels();
  console.changeChannels([third!, first!, ...rest, { ...second!, mapped: false }]);
  expect(link.events).toMatchObject([{ reason: 'the admin changed which channels go out' }]);
  const [stream] = listen().plan()!.rtpStreams;
  expect(stream?.channels.slice(0, 3)).toEqual([3, 1, 4]);
  expect(stream?.channels).toHaveLength(31);
});

test('the DSCP changes without an end', () => {
  const { console, engine, listen } = setUpConsole();
  const { link } = listen();
  console.changeSettings({ dscp: 34 });
  expect(engine.plan.dscp).toBe(34);
  expect(link.events).toEqual([]);
});

test('a store that fails ends nobody’s session', () => {
  const { console, listen, store } = setUpConsole();
  const { plan } = listen();
  store.failure = new UnavailableError('disk full');
  expect(() => console.changeSettings({ codec: 'pcm' })).toThrow('disk full');
  expect(plan()).toMatchObject({ rendition: { codec: 'opus' } });
});

test('a message of the admin reaches one, or all, and their packets announce it for a second', () => {
  const { clock, console, listen } = setUpConsole();
  const [one, other] = [listen(), listen()];
  expect(console.sendMessage('break', one.session.id)).toBe(1);
  expect(one.link.events).toEqual([{ type: 'custom_message', message: 'break' }]);
  expect(one.plan()?.isEventPending).toBe(true);
  expect(other.plan()?.isEventPending).toBe(false);
  clock.advance(999);
  expect(one.plan()?.isEventPending).toBe(true);
  clock.advance(1);
  expect(one.plan()?.isEventPending).toBe(false);
  expect(console.sendMessage('go on', undefined)).toBe(2);
  expect(other.link.events).toHaveLength(1);
});

test('a heartbeat after an event says that it arrived', () => {
  const { console, listen } = setUpConsole();
  const { session, plan } = listen();
  console.sendMessage('break', undefined);
  session.heartbeat('2026-01-01T00:00:01Z');
  expect(plan()?.isEventPending).toBe(false);
});

test('who is sent away gets nothing any more', () => {
  const { console, engine, listen, log } = setUpConsole();
  const { link, session } = listen();
  console.kick(session.id);
  expect(link.closed).toEqual({ code: CLOSE_KICKED, reason: 'sent away by the admin' });
  expect(engine.plan.listeners).toEqual([]);
  session.close();
  expect(log.lines.filter(({ message }) => message === 'Listener left')).toHaveLength(1);
});

test.each([
  ['server_shutdown', 'the server shuts down'],
  ['reconnect', 'the server restarts'],
] as const)('at the end all are told: %s', (type, reason) => {
  const { clock, console, engine, join, listen } = setUpConsole({ device: 'tones:' });
  const { link } = listen();
  const watch = console.watchMeters(() => {});
  console.close(type);
  expect(link.events).toEqual([{ type, reason }]);
  expect(link.closed?.code).toBe(CLOSE_SHUTDOWN);
  expect(engine.plan).toMatchObject({ source: null, hasMeters: false, listeners: [] });
  expect(() => join()).toThrow('The server is closing.');
  expect(clock.pendingTimers).toBe(0);
  watch.close();
  console.close(type);
  expect(link.events).toHaveLength(1);
});

test('who was to connect again when the server ends is sent away too', () => {
  const { clock, console, listen } = setUpConsole();
  const { link } = listen();
  console.changeSettings({ codec: 'pcm' });
  console.close();
  expect(link.closed?.code).toBe(CLOSE_SESSION_ENDED);
  expect(clock.pendingTimers).toBe(0);
});

test('a socket that is closed by being written to is one that left, whatever is told', () => {
  const { clock, console, engine, listen, log } = setUpConsole();
  const ears = [listen(), listen(), listen()];
  const fail = (at: number) => {
    const { link, session } = ears[at]!;
    link.onSend = () => session.close();
  };
  fail(0);
  console.sendMessage('hello', undefined);
  expect(engine.plan.listeners).toHaveLength(2);
  fail(1);
  console.changeSettings({ codec: 'pcm' });
  clock.advance(1_000);
  expect(ears.map(({ link }) => link.closed?.code)).toEqual([
    undefined,
    undefined,
    CLOSE_SESSION_ENDED,
  ]);
  const last = listen();
  last.link.onSend = () => last.session.close();
  console.close();
  expect(log.lines.filter(({ message }) => message === 'Listener left')).toHaveLength(4);
  expect(clock.pendingTimers).toBe(0);
});

test('the log says at the end of a listener how many heartbeats came from the past', () => {
  const { listen, log } = setUpConsole();
  const { session } = listen();
  session.heartbeat('2026-01-01T00:00:10Z');
  session.heartbeat('2020-01-01T00:00:00Z');
  session.close();
  expect(log.lines).toContainEqual({
    level: 'info',
    message: 'Listener left',
    fields: { listener: session.id, reason: 'left', ignoredHeartbeats: 1 },
  });
});
