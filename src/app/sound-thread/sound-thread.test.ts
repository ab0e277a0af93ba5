// The engine's thread from outside, with scripted threads: its port, its plan, its deaths, its end.

import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type {
  CaptureState,
  MeterLevels,
  SoundEngine,
  SoundPlan,
  SoundReport,
} from '#core/ports/sound-engine.ts';
import { UnavailableError } from '#std/errors.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { openSoundThread } from './sound-thread.ts';

const plan: SoundPlan = {
  source: 'tones:',
  isTestMode: false,
  dscp: 46,
  hasMeters: false,
  listeners: [],
};

const IDLE = { state: 'idle', source: null, reason: null };
const NO_FORMAT = { sampleRate: null, channels: null, format: null };
const state = { ...IDLE, ...NO_FORMAT, overruns: 1, lostFrames: 48, restarts: 0 };
const report = {
  listeners: [],
  packetsSent: 5,
  encodings: 0,
  delay: null,
  cpuSeconds: 1,
  strayDatagrams: 0,
};
const levels = { peakDb: [-6], rmsDb: [-9] };

const opened: SoundEngine[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});

/** Says its plans as log lines; dies when it is told so on the channel of this name. */
function scripted(extra = '', dieOn = 'nobody'): URL {
  const code = `
    import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
    const post = (message) => parentPort.postMessage(message);
    const say = (message, fields = {}) => post({ kind: 'log', level: 'info', message, fields });
    parentPort.on('message', (request) => {
      if (request.kind === 'plan') say('plan', { dscp: request.plan.dscp });
      if (request.kind === 'close' && !globalThis.hangs) post({ kind: 'closed' });
    });
    new BroadcastChannel('${dieOn}').onmessage = () => { throw new Error('told to'); };
    ${extra}
    say('started', workerData);
    post({ kind: 'ready', port: workerData.port || 5002 });`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

async function open(script: URL, clock = new VirtualClock()) {
  const log = new SilentLog();
  const captures: CaptureState[] = [];
  const reports: SoundReport[] = [];
  const meters: MeterLevels[] = [];
  const losses: string[] = [];
  const events = {
    onLost: () => losses.push('lost'),
    onCapture: (each: CaptureState) => captures.push(each),
    onReport: (each: SoundReport) => reports.push(each),
    onMeters: (each: MeterLevels) => meters.push(each),
  };
  const config = { arecord: 'arecord', rtpPort: 0 };
  const engine = await openSoundThread({ config, log, events, clock, script });
  opened.push(engine);
  const said = (message: string) => log.lines.filter((line) => line.message === message);
  return { engine, log, captures, reports, meters, losses, said, clock };
}

test('the thread gets port and arecord, and says which port it has', async () => {
  const { engine, said } = await open(scripted());
  expect(engine.port).toBe(5002);
  expect(said('started')[0]?.fields).toEqual({ port: 0, arecord: 'arecord' });
});

test('of several plans in one turn only the last is told', async () => {
  const { engine, said } = await open(scripted());
  for (const dscp of [1, 2, 3]) engine.apply({ ...plan, dscp });
  await until(() => said('plan').length > 0, { what: 'a plan' });
  engine.apply({ ...plan, dscp: 4 });
  await until(() => said('plan').length > 1, { what: 'the next plan' });
  expect(said('plan').map(({ fields }) => fields['dscp'])).toEqual([3, 4]);
});

test('what the thread says arrives: capture, figures, levels, log lines', async () => {
  const words = JSON.stringify([
    { kind: 'capture', state },
    { kind: 'report', report },
    { kind: 'meters', levels },
    { kind: 'log', level: 'warn', message: 'RTP is sent without DSCP', fields: { reason: 'x' } },
  ]);
  const { captures, reports, meters, log } = await open(scripted(`${words}.forEach(post);`));
  expect(captures).toEqual([state]);
  expect(reports).toEqual([report]);
  expect(meters).toEqual([levels]);
  const warning = { level: 'warn', message: 'RTP is sent without DSCP', fields: { reason: 'x' } };
  expect(log.lines).toContainEqual(warning);
});

test('a port that is taken is an error that names the setting', async () => {
  const refused = { kind: 'refused', systemCode: 'EADDRINUSE', reason: 'bind EADDRINUSE' };
  const opening = open(scripted(`post(${JSON.stringify(refused)}); await new Promise(() => {});`));
  await expect(opening).rejects.toThrow(UnavailableError);
  await expect(opening).rejects.toThrow(/the port is taken. Set console\.rtp_port/);
});

test('a thread that dies before it is ready is an error with its reason', async () => {
  await expect(open(scripted('throw new Error("no libopus");'))).rejects.toThrow('no libopus');
  await expect(open(scripted('process.exit(3);'))).rejects.toThrow('exit code 3');
});

test('a thread that dies is replaced after a while, with the last plan and the same port', async () => {
  const kill = new BroadcastChannel('replaced');
  const script = scripted(`post(${JSON.stringify({ kind: 'report', report })});`, 'replaced');
  const { engine, clock, said, captures, reports, losses } = await open(script);
  engine.apply({ ...plan, dscp: 10 });
  await until(() => said('plan').length === 1, { what: 'the plan' });
  kill.postMessage('now');
  await until(() => captures.length > 0, { what: 'the death' });
  kill.close();
  expect(captures[0]).toMatchObject({
    state: 'failed',
    source: 'tones:',
    reason: 'The sound engine ended: told to. It starts again by itself.',
    restarts: 1,
  });
  expect(said('Sound engine ended')[0]).toMatchObject({
    level: 'error',
    fields: { backOffMs: 1_000, error: expect.stringContaining('told to') },
  });
  expect(losses).toHaveLength(1);
  // Told while there is no thread.
  engine.apply({ ...plan, dscp: 11 });
  clock.advance(999);
  expect(said('started')).toHaveLength(1);
  clock.advance(1);
  await until(() => said('plan').length === 2, { what: 'the plan again' });
  expect(said('plan')[1]?.fields['dscp']).toBe(11);
  expect(said('started')[1]?.fields['port']).toBe(5002);
  expect(said('Sound engine started again')).toHaveLength(1);
  expect(reports.map(({ packetsSent }) => packetsSent)).toEqual([5, 10]);
});

test('who keeps dying is tried ever less often', async () => {
  const dying = scripted(
    `parentPort.on('message', ({ kind }) => { if (kind === 'plan') throw new Error('bad plan'); });`,
  );
  const { engine, clock, said } = await open(dying);
  const backOffs = () => said('Sound engine ended').map(({ fields }) => fields['backOffMs']);
  engine.apply(plan);
  const expected = [1_000, 2_000, 4_000, 8_000, 16_000, 16_000];
  for (const [at, backOffMs] of expected.entries()) {
    await until(() => backOffs().length > at, { what: `death ${at + 1}` });
    expect(backOffs()[at]).toBe(backOffMs);
    if (at < expected.length - 1) clock.advance(backOffMs);
  }
});

test('who lived for a minute is replaced soon again', async () => {
  const steady = await open(scripted('', 'steady'));
  const kill = new BroadcastChannel('steady');
  for (const livedMs of [0, 58_000, 60_000]) {
    const deaths = steady.said('Sound engine ended').length;
    steady.clock.advance(livedMs);
    kill.postMessage('now');
    await until(() => steady.said('Sound engine ended').length > deaths, { what: 'a death' });
    steady.clock.advance(2_000);
    await until(() => steady.said('Sound engine started again').length > deaths, { what: 'life' });
  }
  kill.close();
  expect(steady.said('Sound engine ended').map(({ fields }) => fields['backOffMs'])).toEqual([
    1_000, 2_000, 1_000,
  ]);
});

test('a thread that cannot start again is tried again, and says why', async () => {
  const refused = { kind: 'refused', systemCode: 'EADDRINUSE', reason: 'bind EADDRINUSE' };
  // The second life: it knows its port already.
  const second = `if (workerData.port) { post(${JSON.stringify(refused)}); await new Promise(() => {}); }`;
  const { clock, said, captures, losses } = await open(scripted(second, 'refusing'));
  const kill = new BroadcastChannel('refusing');
  kill.postMessage('now');
  await until(() => captures.length === 1, { what: 'the death' });
  kill.close();
  clock.advance(1_000);
  await until(() => captures.length === 2, { what: 'the refusal' });
  expect(captures[1]?.reason).toMatch(/Set console\.rtp_port/);
  // The second has not lived, so nothing more was lost.
  expect(losses).toHaveLength(1);
  expect(said('Sound engine ended').map(({ fields }) => fields['backOffMs'])).toEqual([
    1_000, 2_000,
  ]);
});

test('closing waits for the thread, happens once, and nothing is told afterwards', async () => {
  const { engine, said, captures } = await open(scripted());
  engine.apply(plan);
  await Promise.all([engine.close(), engine.close()]);
  engine.apply({ ...plan, dscp: 1 });
  await engine.close();
  expect(said('plan').length).toBeLessThan(2);
  expect(captures).toEqual([]);
  expect(said('Sound engine ended')).toEqual([]);
});

test('a thread that does not end in time is ended', async () => {
  const { engine, clock } = await open(scripted('globalThis.hangs = true;'));
  const closing = engine.close();
  let isClosed = false;
  void closing.then(() => {
    isClosed = true;
  });
  clock.advance(2_999);
  await new Promise(setImmediate);
  expect(isClosed).toBe(false);
  clock.advance(1);
  await closing;
  expect(clock.pendingTimers).toBe(0);
});

test('closing while the next thread is waited for starts none', async () => {
  const kill = new BroadcastChannel('closed');
  const { engine, clock, captures, said } = await open(scripted('', 'closed'));
  kill.postMessage('now');
  await until(() => captures.length > 0, { what: 'the death' });
  kill.close();
  await engine.close();
  expect(clock.pendingTimers).toBe(0);
  expect(said('started')).toHaveLength(1);
});
