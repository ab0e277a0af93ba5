// What the console shows: /audio-meta, the admin's view, SDP, levels, and the states of the capture.

import { expect, test } from 'vitest';
import { audioMeta } from '#contract/audio-meta.ts';
import { consoleView, listenerView } from '#contract/console.ts';
import type { CaptureState } from '#core/ports/sound-engine.ts';
import { setUpConsole } from '../../../test/support/console-set-up.ts';
import { FakeSoundEngine } from '../../../test/support/fake-sound-engine.ts';

const live: CaptureState = {
  state: 'live',
  source: 'hw:XUSB',
  reason: null,
  sampleRate: 48_000,
  channels: 32,
  format: 'S32_LE',
  overruns: 2,
  lostFrames: 480,
  restarts: 1,
};
const levels = { peakDb: [-6], rmsDb: [-12] };

test('/audio-meta without an id says what who asks for nothing would get', () => {
  const { clock, console } = setUpConsole();
  clock.advance(61_900);
  const meta = console.meta(undefined);
  expect(audioMeta.parse(meta)).toEqual(meta);
  expect(meta).toMatchObject({
    sample_rate: 48_000,
    codec: 'opus',
    layout: 'bundle',
    packet_time_ms: 5,
    bitrate: 64_000,
    clock_rate: 48_000,
    streams: [{ payload_type: 100, ssrc: 0, port: null }],
    server: {
      state: 'idle',
      reason: null,
      test_mode: false,
      listeners: 0,
      max_listeners: 20,
      uptime_seconds: 61,
      version: '1.2.3',
    },
    network: { packet_loss_rate: null, jitter_ms: null, latency_ms: null },
  });
  expect(meta.channels).toHaveLength(32);
  expect(meta.channels[31]).toMatchObject({ id: 32, name: 'CH32', order: 31 });
});

test('/audio-meta of a listener says its own streams, below the server’s rate', () => {
  const { console, listen } = setUpConsole();
  const { session, link } = listen({ compression: 'pcm24', sample_rate: 24_000, layout: 'plain' });
  const meta = console.meta(session.id);
  expect(audioMeta.parse(meta)).toEqual(meta);
  expect(meta).toMatchObject({ sample_rate: 48_000, codec: 'pcm24', clock_rate: 24_000 });
  expect(meta).toMatchObject({ layout: 'plain', bitrate: null, streams: link.config!.streams });
  expect(meta.streams).toHaveLength(32);
});

test('a capture that fails is told with its reason, and ends no session', () => {
  const { console, listen, log } = setUpConsole();
  const { link, plan } = listen();
  const reason = 'Cannot open hw:XUSB: it is busy. Stop PipeWire.';
  console.events.onCapture({ ...live, state: 'failed', reason });
  expect(console.meta(undefined).server).toMatchObject({ state: 'failed', reason });
  expect(plan()).toBeDefined();
  expect(link.closed).toBeUndefined();
  expect(log.lines.at(-1)).toMatchObject({
    level: 'warn',
    message: 'Capture failed',
    fields: { source: 'hw:XUSB', reason },
  });
});

test('the log has a line for each state of the capture, not for each overrun', () => {
  const { console, log } = setUpConsole();
  console.events.onCapture({ ...live, state: 'opening', overruns: 0 });
  console.events.onCapture(live);
  console.events.onCapture({ ...live, overruns: 3 });
  console.events.onCapture({ ...live, reason: 'the card is set to 2/2' });
  expect(log.lines.map(({ message }) => message)).toEqual([
    'Capture opening',
    'Capture live',
    'Capture live',
  ]);
  expect(console.console().capture).toEqual({
    state: 'live',
    source: 'hw:XUSB',
    reason: 'the card is set to 2/2',
    sample_rate: 48_000,
    channels: 32,
    format: 'S32_LE',
    overruns: 2,
    lost_frames: 480,
    restarts: 1,
  });
});

test('the admin sees settings, channels, capture, listeners and what was sent', () => {
  const { console, listen } = setUpConsole({ device: 'file:/show.wav' });
  const { session, udpPort } = listen();
  console.events.onReport({
    listeners: [{ id: session.id, packets: 400, bytes: 50_000, sendErrors: 1 }],
    packetsSent: 400,
    encodings: 32,
    delay: { p50Ms: 6, p99Ms: 9 },
    cpuSeconds: 1,
    strayDatagrams: 0,
  });
  const view = console.console();
  expect(consoleView.parse(view)).toEqual(view);
  expect(view).toMatchObject({
    device_from_file: true,
    max_listeners: 20,
    rtp_port: 5_002,
    packets_sent: 400,
    delay: { p50_ms: 6, p99_ms: 9 },
  });
  const own = console.listener(session.id);
  expect(listenerView.parse(own)).toEqual(own);
  expect(console.listeners()).toEqual([own]);
  expect(own).toMatchObject({
    address: '10.0.0.7',
    udp_port: udpPort,
    user_agent: 'test',
    since: '2026-01-01T00:00:00.000Z',
    state: 'listening',
    adapted: null,
    packets: 400,
    bytes: 50_000,
    send_errors: 1,
    network: null,
    history: [],
  });
  const { history, ...brief } = own;
  expect(view.listeners).toEqual([brief]);
});

test('when nothing is captured any more, nothing is late and nothing encoded', () => {
  const { console } = setUpConsole();
  console.events.onReport({
    listeners: [],
    packetsSent: 400,
    encodings: 32,
    delay: { p50Ms: 6, p99Ms: 9 },
    cpuSeconds: 1,
    strayDatagrams: 0,
  });
  console.events.onCapture({ ...live, state: 'idle' });
  expect(console.console()).toMatchObject({ delay: null, packets_sent: 400 });
  expect(console.soundReport.encodings).toBe(0);
});

test('an engine gets the whole plan as soon as it is there', () => {
  const { console, listen } = setUpConsole({ device: 'tones:' });
  const { session } = listen();
  const engine = new FakeSoundEngine();
  console.start(engine);
  expect(engine.plan).toMatchObject({ source: 'tones:', listeners: [{ id: session.id }] });
});

test('levels keep the capture on for as long as they are watched', () => {
  const { console, engine } = setUpConsole({ device: 'tones:' });
  const seen: unknown[] = [];
  const watches = [1, 2].map(() => console.watchMeters((each) => seen.push(each)));
  expect(engine.plan).toMatchObject({ source: 'tones:', hasMeters: true, listeners: [] });
  console.events.onMeters(levels);
  expect(seen).toEqual([levels, levels]);
  watches[0]?.close();
  watches[0]?.close();
  expect(engine.plan.hasMeters).toBe(true);
  watches[1]?.close();
  console.events.onMeters(levels);
  expect(seen).toHaveLength(2);
  expect(engine.plan).toMatchObject({ source: null, hasMeters: false });
});

test('levels can be watched 64 times at once', () => {
  const { console } = setUpConsole();
  const watches = Array.from({ length: 64 }, () => console.watchMeters(() => {}));
  expect(() => console.watchMeters(() => {})).toThrow('Levels are watched 64 times already.');
  watches[0]?.close();
  expect(() => console.watchMeters(() => {})).not.toThrow();
});

test('test mode is what the admin sets, or what the source is', () => {
  const { console, engine, listen } = setUpConsole();
  console.changeSettings({ test_mode: true });
  expect(engine.plan.isTestMode).toBe(true);
  expect(console.meta(undefined).server.test_mode).toBe(true);
  console.changeSettings({ test_mode: false, device: 'test:' });
  listen();
  expect(engine.plan).toMatchObject({ isTestMode: true, source: 'test:' });
});

test('auto captures the card as soon as it is found', async () => {
  const { clock, console, engine, listen, world } = setUpConsole({ card: 'hw:XUSB' });
  listen();
  expect(engine.plan.source).toBeNull();
  await clock.advanceAsync(0);
  expect(engine.plan.source).toBe('hw:XUSB');
  world.card = null;
  console.changeSettings({ device: 'hw:Other' });
  expect(engine.plan.source).toBe('hw:Other');
});

test('players are told of plain streams by SDP', () => {
  const { console, listen, store } = setUpConsole();
  const [first, ...rest] = store.consoleChannels();
  console.changeChannels([{ ...first!, name: 'Vocal' }, ...rest]);
  const wish = { layout: 'plain', compression: 'pcm', sample_rate: 44_100 } as const;
  const { session, udpPort } = listen({ ...wish, channels: [{ id: 1 }, { id: 2 }] });
  const lines = console.description(session.id).split('\r\n');
  expect(lines).toContain('c=IN IP4 10.0.0.7');
  expect(lines.filter((line) => /^(m|i)=/.test(line))).toEqual([
    `m=audio ${udpPort} RTP/AVP 97`,
    'i=Vocal',
    `m=audio ${udpPort + 2} RTP/AVP 97`,
    'i=CH02',
  ]);
  expect(lines).toContain('a=rtpmap:97 L16/44100/1');
  expect(lines).toContain('a=ptime:5');
  session.configure({ ...wish, sample_rate: 48_000, compression: 'pcm24' });
  expect(console.description(session.id)).toContain('a=ptime:5\r\n');
  session.configure({ ...wish, compression: 'opus' });
  expect(console.description(session.id)).toContain('a=ptime:5\r\n');
});

test('PCM that does not fit into one packet is described by what one holds', () => {
  const { console, listen } = setUpConsole();
  console.changeSettings({ packet_time_ms: 20 });
  const { session } = listen({ layout: 'plain', compression: 'pcm24', channels: [{ id: 1 }] });
  expect(console.description(session.id)).toContain('a=ptime:6.667\r\n');
});

test('bundles, and plain streams without a port, have no SDP', () => {
  const { console, join, listen } = setUpConsole();
  const notPlain = expect.objectContaining({ code: 'not_plain' });
  const bundle = listen().session.id;
  expect(() => console.description(bundle)).toThrow(notPlain);
  const { session } = join();
  session.configure({ layout: 'plain' });
  expect(() => console.description(session.id)).toThrow(notPlain);
});

test('jitter thresholds are read and set without ending a session', () => {
  const { console, listen } = setUpConsole();
  const { link } = listen();
  console.setJitterThresholds({ interpolate: 50, drop: 80 });
  expect(console.jitterThresholds()).toEqual({ interpolate: 50, drop: 80 });
  expect(link.events).toEqual([]);
});
