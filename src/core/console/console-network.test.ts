// What listeners report of their network, and what follows: warnings, other packets, another rate.

import { expect, test } from 'vitest';
import type { QosMetrics } from '#contract/audio-meta.ts';
import { UnavailableError } from '#std/errors.ts';
import { type ConsoleSetUp, setUpConsole } from '../../../test/support/console-set-up.ts';

type Ear = ReturnType<ConsoleSetUp['listen']>;

const address = '10.0.0.7';

function metrics(changes: Partial<QosMetrics> = {}): QosMetrics {
  return {
    packets_received: 1_000,
    packets_expected: 1_000,
    packet_loss_rate: 0,
    jitter_ms: 1,
    latency_ms: 15,
    bandwidth_mbps: 2,
    ...changes,
  };
}

function setUp() {
  const all = setUpConsole();
  const report = (id: string, changes?: Partial<QosMetrics>, from = address) =>
    all.console.report({ client_id: id, timestamp: 'now', metrics: metrics(changes) }, from);
  /** Reports and heartbeats each 5 s. */
  const reportFor = (seconds: number, ears: readonly Ear[], changes?: Partial<QosMetrics>) => {
    for (let passed = 0; passed < seconds; passed += 5) {
      all.live(5, ...ears.map(({ session }) => session));
      for (const { session } of ears) report(session.id, changes);
    }
  };
  return { ...all, report, reportFor };
}

const lossy = { packets_received: 970 };
const late = { latency_ms: 150 };

test('every report is answered with the server’s figures', () => {
  const { console, listen, report } = setUp();
  const { session } = listen();
  console.events.onReport({
    listeners: [],
    packetsSent: 7_500,
    encodings: 0,
    delay: null,
    cpuSeconds: 0,
    strayDatagrams: 0,
  });
  const answer = {
    total_clients: 1,
    total_packets_sent: 7_500,
    server_cpu_usage: 45.2,
    server_memory_usage: 128.5,
  };
  expect(report(session.id)).toEqual(answer);
  expect(report('nobody', lossy)).toEqual(answer);
});

test('figures are kept and shown: 30 of 1000 packets missing are 3 %', () => {
  const { console, listen, report } = setUp();
  const { session } = listen();
  report(session.id, lossy);
  const { network, history } = console.listener(session.id);
  expect(network?.loss_percent).toBeCloseTo(3, 9);
  expect(history).toEqual([network]);
  expect(console.meta(session.id).network.packet_loss_rate).toBeCloseTo(3, 9);
  expect(console.console().listeners[0]?.network).toEqual(network);
});

test('without an id, /audio-meta has the medians of all', () => {
  const { console, listen, report } = setUp();
  expect(console.meta(undefined).network.latency_ms).toBeNull();
  for (const latency_ms of [10, 30, 20, 1_000]) report(listen().session.id, { latency_ms });
  expect(console.meta(undefined).network).toMatchObject({ latency_ms: 25, jitter_ms: 1 });
});

test('a bad report is warned of, on the WebSocket and in the packets', () => {
  const { listen, report } = setUp();
  const { link, session, plan } = listen();
  report(session.id, lossy);
  expect(link.events).toEqual([
    {
      type: 'network_warning',
      metric: 'packet_loss_rate',
      value: expect.closeTo(3, 9),
      threshold: 1,
    },
  ]);
  expect(plan()?.isEventPending).toBe(true);
});

test('a report from another address steers nothing', () => {
  const { console, listen, report } = setUp();
  const { link, session } = listen();
  report(session.id, lossy, '10.0.0.66');
  expect(link.events).toEqual([]);
  expect(console.listener(session.id).network).toBeNull();
  report(session.id, lossy, '::ffff:10.0.0.7');
  expect(link.events).toHaveLength(1);
});

test('one listener in trouble gets longer packets without reconnecting, the others do not', () => {
  const { console, listen, reportFor } = setUp();
  const [bad, good] = [listen(), listen()];
  const before = bad.plan()!;
  reportFor(10, [good]);
  reportFor(10, [bad], lossy);
  expect(bad.plan()).toMatchObject({
    rendition: { packetMs: 10 },
    rtpStreams: before.rtpStreams,
    stateVersion: before.stateVersion + 1,
  });
  expect(bad.link.config).toMatchObject({ packet_time_ms: 10 });
  expect(bad.link.closed).toBeUndefined();
  expect(console.listener(bad.session.id).adapted).toBe('10 ms packets: 3.0 % loss');
  expect(good.plan()?.rendition.packetMs).toBe(5);
});

test('with adaptation off nothing is lowered, and turning it off gives back what was lowered', () => {
  const { console, listen, reportFor } = setUp();
  const ear = listen();
  reportFor(20, [ear], lossy);
  expect(ear.plan()?.rendition.packetMs).toBe(20);
  console.changeSettings({ adaptive: false });
  expect(ear.plan()?.rendition.packetMs).toBe(5);
  expect(ear.link.config?.packet_time_ms).toBe(5);
  reportFor(60, [ear], { ...lossy, ...late });
  expect(ear.plan()?.rendition.packetMs).toBe(5);
  expect(console.console().settings.sample_rate).toBe(48_000);
  expect(console.listener(ear.session.id).adapted).toBeNull();
});

test('what was reported while nothing was adapted adapts nothing later', () => {
  const { console, join, live, listen, report, reportFor } = setUp();
  const { link, session } = join();
  for (let times = 0; times < 10; times++) {
    live(5, session);
    report(session.id, lossy);
  }
  console.requestAudio({ udpPort: 5_004, clientId: session.id, address });
  session.configure({});
  expect(link.config?.packet_time_ms).toBe(5);
  console.changeSettings({ adaptive: false });
  const ear = listen();
  reportFor(60, [ear], lossy);
  console.changeSettings({ adaptive: true });
  expect(ear.plan()?.rendition.packetMs).toBe(5);
});

test('PCM in longer packets goes out in the groups that suit them', () => {
  const { console, listen, reportFor } = setUp();
  console.changeSettings({ packet_time_ms: 2.5 });
  const ear = listen({ compression: 'pcm' });
  const before = ear.plan()!;
  expect(before.rtpStreams).toHaveLength(1);
  reportFor(10, [ear], lossy);
  const { rendition, rtpStreams } = ear.plan()!;
  expect(rendition.packetMs).toBe(5);
  expect(rtpStreams.map(({ channels }) => channels.length)).toEqual([16, 16]);
  const ssrcs = rtpStreams.map(({ ssrc }) => ssrc);
  expect(ssrcs).not.toContain(before.rtpStreams[0]?.ssrc);
  expect(ear.link.config?.streams.map(({ ssrc }) => ssrc)).toEqual(ssrcs);
});

test('when most are late, the server lowers its rate, keeps it, and all connect again', () => {
  const { console, listen, reportFor, store } = setUp();
  const ears = [listen(), listen(), listen()];
  reportFor(20, ears, late);
  expect(store.settings.sample_rate).toBe(44_100);
  expect(store.maxRate).toBe(48_000);
  expect(ears[0]?.link.events.at(-1)).toEqual({
    type: 'config_changed',
    reason: 'latency too high, lowering sample rate',
    new_sample_rate: 44_100,
  });
  expect(console.listeners()).toEqual([]);
  expect(listen({ sample_rate: 48_000 }).plan()?.rendition.sampleRate).toBe(44_100);
});

test('when all are well again, the rate goes back up to the admin’s, and no higher', () => {
  const { console, listen, reportFor, store } = setUp();
  console.changeSettings({ sample_rate: 44_100 });
  reportFor(20, [listen()], late);
  expect(store.settings.sample_rate).toBe(32_000);
  expect(console.console()).toMatchObject({
    settings: { sample_rate: 32_000 },
    max_sample_rate: 44_100,
  });
  const ear = listen();
  reportFor(75, [ear]);
  expect(store.settings.sample_rate).toBe(44_100);
  expect(ear.link.events.at(-1)).toMatchObject({
    reason: 'latency low again, raising sample rate',
    new_sample_rate: 44_100,
  });
  reportFor(200, [listen()]);
  expect(store.settings.sample_rate).toBe(44_100);
});

test('one late listener of three lowers nobody', () => {
  const { listen, reportFor, store } = setUp();
  const ears = [listen(), listen(), listen()];
  for (let times = 0; times < 8; times++) {
    reportFor(5, ears.slice(0, 1), late);
    reportFor(5, ears.slice(1));
  }
  expect(store.settings.sample_rate).toBe(48_000);
});

test('who has left does not count for the rate', () => {
  const { listen, reportFor, store } = setUp();
  const ears = [listen(), listen()];
  const stays = listen();
  reportFor(10, ears, late);
  for (const { session } of ears) session.close();
  reportFor(10, [stays]);
  expect(store.settings.sample_rate).toBe(48_000);
});

test('who gets no sound does not count for the rate', () => {
  const { join, live, report, store } = setUp();
  const { session } = join();
  for (let times = 0; times < 10; times++) {
    live(5, session);
    report(session.id, late);
  }
  expect(store.settings.sample_rate).toBe(48_000);
});

test('a store that takes no new rate is warned of, and nobody is disturbed', () => {
  const { listen, log, reportFor, store } = setUp();
  const ear = listen();
  reportFor(15, [ear], late);
  store.failure = new UnavailableError('disk full');
  reportFor(5, [ear], late);
  expect(log.lines).toContainEqual({
    level: 'warn',
    message: 'Cannot change the sample rate',
    fields: { from: 48_000, to: 44_100, reason: 'disk full' },
  });
  expect(ear.link.events.some(({ type }) => type === 'config_changed')).toBe(false);
  expect(ear.plan()).toBeDefined();
});

test('each 10 s the log has a line on each that gets sound', () => {
  const { clock, console, join, listen, log, report } = setUp();
  join();
  const { session } = listen();
  listen({ compression: 'pcm' });
  report(session.id, lossy);
  console.events.onReport({
    listeners: [{ id: session.id, packets: 400, bytes: 50_000, sendErrors: 1 }],
    packetsSent: 400,
    encodings: 32,
    delay: null,
    cpuSeconds: 1,
    strayDatagrams: 0,
  });
  clock.advance(10_000);
  const lines = log.lines.filter(({ message }) => message === 'RTP stats');
  expect(lines.map(({ fields }) => fields)).toEqual([
    {
      listener: session.id,
      packets: 400,
      bytes: 50_000,
      sendErrors: 1,
      lossPercent: expect.closeTo(3, 9),
      jitterMs: 1,
      latencyMs: 15,
      rendition: 'opus 48000 Hz 5 ms 64000 bit/s',
    },
    expect.objectContaining({ packets: 0, rendition: 'pcm 48000 Hz 5 ms' }),
  ]);
});
