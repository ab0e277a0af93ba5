// A scripted camera, the stream that pulls it and its viewers, put together as the server does it, on
// a virtual clock. The sockets between camera and server are real; the viewers' transport is not.

import { onTestFinished } from 'vitest';
import { type StreamSettings, streamSettingsDefaults } from '#contract/stream-settings.ts';
import type { Converter } from '#core/ports/converter.ts';
import type { Outlet } from '#core/ports/outlet.ts';
import { Outbox } from '#core/streams/outbox.ts';
import type { Profile } from '#core/streams/profile.ts';
import { PublishPoints } from '#core/streams/publish-points.ts';
import { Streams } from '#core/streams/streams.ts';
import { Viewers } from '#core/streams/viewers.ts';
import { WebrtcViewer } from '#core/streams/webrtc-viewer.ts';
import { payloadStart } from '#media/rtp/header.ts';
import { Depacketizer } from '#media/video/depacketizer.ts';
import { createStreamSpec } from '../../src/app/stream-specs.ts';
import { type FakePeer, FakeTransport, type SentPacket } from './fake-transport.ts';
import { loadOffer } from './offers.ts';
import type { Behaviour } from './scripted-camera/behaviour.ts';
import type { CameraClip } from './scripted-camera/clip.ts';
import { type ClipRequest, makeClip } from './scripted-camera/make-clip.ts';
import { openScriptedCamera, type ScriptedCamera } from './scripted-camera/scripted-camera.ts';
import { SilentLog } from './silent-log.ts';
import { FakeConverter } from './streams-set-up.ts';
import { until } from './until.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A camera's frames are not closer than this. */
const STEP_MS = 10;
/** Turns of the event loop in which bytes on loopback are read. */
const TURNS = 4;
const QUIET_LOOKS = 3;
const MARKER_WORD = 0x80_00_00;

interface CameraStreamOptions {
  readonly clip?: Partial<ClipRequest>;
  readonly sub?: Partial<ClipRequest>;
  readonly behaviour?: Partial<Behaviour>;
  readonly settings?: Partial<StreamSettings>;
  readonly converter?: Converter;
}

export async function openCameraStream(options: CameraStreamOptions = {}): Promise<CameraStream> {
  const clock = new VirtualClock();
  const clip = await makeClip(options.clip);
  const camera = await openScriptedCamera({
    clip,
    clock,
    ...(options.sub ? { sub: await makeClip(options.sub) } : {}),
    ...options.behaviour,
  });
  const stream = new CameraStream({ clock, clip, camera }, options);
  onTestFinished(async () => {
    await stream.close();
    await camera.close();
  });
  await stream.apply();
  return stream;
}

class CameraStream {
  readonly clock: VirtualClock;
  readonly clip: CameraClip;
  readonly camera: ScriptedCamera;
  readonly log = new SilentLog();
  readonly streams: Streams;
  readonly viewers: Viewers;
  readonly #transport = new FakeTransport();
  readonly #options: CameraStreamOptions;
  #ids = 0;

  constructor(
    parts: { clock: VirtualClock; clip: CameraClip; camera: ScriptedCamera },
    options: CameraStreamOptions,
  ) {
    this.clock = parts.clock;
    this.clip = parts.clip;
    this.camera = parts.camera;
    this.#options = options;
    const { clock, log } = this;
    const outbox = new Outbox(this.#transport);
    const converter = options.converter ?? new FakeConverter();
    const flush = () => outbox.flush();
    this.streams = new Streams({ clock, log, converter, flush, random: () => 0.5 });
    this.viewers = new Viewers({
      clock,
      streams: this.streams,
      transport: this.#transport,
      outbox,
      log,
      maxViewers: 10,
      newId: () => `viewer-${++this.#ids}`,
      randomWord: () => 1000 + ++this.#ids,
    });
  }

  async apply(): Promise<void> {
    const { camera, clock, log, streams } = this;
    const source = camera.address;
    const sub = this.#options.sub ? camera.subAddress : null;
    const settings = { ...streamSettingsDefaults, source, sub, ...this.#options.settings };
    const points = new PublishPoints({ streams, openStream: undefined });
    const parts = { clock, log, points, allowedAddress: () => true, clip: { tracks: [] } as never };
    const origin = { kind: 'file', file: 'yeoul.yaml', line: 3 } as const;
    await streams.apply(createStreamSpec({ id: 'gate', settings, origin }, parts));
  }

  get main(): Profile {
    return this.streams.get('gate').main!;
  }

  get view() {
    return this.streams.get('gate').view(this.viewers.list.count('gate'));
  }

  get warnings(): readonly string[] {
    return this.view.profiles[0]!.warnings;
  }

  /** Lets so much time pass, with all that comes meanwhile. */
  async play(durationMs: number): Promise<void> {
    const endMs = this.clock.nowMs() + durationMs;
    while (this.clock.nowMs() < endMs) {
      this.clock.advance(Math.min(STEP_MS, endMs - this.clock.nowMs()));
      for (let turn = 0; turn < TURNS; turn++) await nextTurn();
    }
    await this.#settle();
  }

  /** Lets time pass until it is so. */
  async playUntil(condition: () => boolean, what: string): Promise<void> {
    await until(
      async () => {
        if (condition()) return true;
        await this.play(STEP_MS);
        return condition();
      },
      { what: `${what}: it is ${this.main.state}, ${this.main.reason}`, withinMs: 20_000 },
    );
  }

  async live(): Promise<void> {
    await this.playUntil(() => this.main.state === 'live', 'a live stream');
  }

  /** A browser; `wait` passes the time that converters and sub streams take to open. */
  async join(wait = false): Promise<CameraViewer> {
    const offer = loadOffer('chromium-156-recvonly');
    const joining = this.viewers.join({ streamId: 'gate', offer, userAgent: 'test' });
    let settled = !wait;
    void joining.catch(() => {}).finally(() => (settled = true));
    while (!settled) {
      await this.play(STEP_MS);
      // Converters take real time to open.
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
    const { viewerId } = await joining;
    const peer = this.#transport.peers.at(-1)!;
    peer.events.onState('connected');
    const viewer = [...this.viewers.list.all].find(({ id }) => id === viewerId);
    if (!(viewer instanceof WebrtcViewer)) throw new Error(`${viewerId} is no WebRTC viewer`);
    return new CameraViewer(viewer, peer);
  }

  /** A reader that takes every codec: its sound as it came. */
  async watch(kind: 'video' | 'audio'): Promise<Received> {
    const watch = await this.viewers.watch({
      streamId: 'gate',
      protocol: 'rtsp',
      remote: '127.0.0.1:5000',
      userAgent: undefined,
      accepts: () => true,
      onEnd: () => {},
    });
    const received = new Received();
    watch.start(
      watch.tracks.map(({ track }) => (track.format.kind === kind ? received : undefined)),
    );
    return received;
  }

  async close(): Promise<void> {
    this.viewers.close();
    const closing = this.streams.close();
    this.camera.hangUp();
    await closing;
  }

  /** What is on its way has been read when nothing more comes. */
  async #settle(): Promise<void> {
    let before = -1;
    for (let quiet = 0; quiet < QUIET_LOOKS; ) {
      await nextTurn();
      const now = this.main.tracks.reduce((sum, { counters }) => sum + counters.bytes, 0);
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
  }
}

/** What a reader was given of one track. */
class Received implements Outlet {
  readonly payloads: Uint8Array[] = [];
  readonly #packets: { packet: Uint8Array; marker: boolean; timestamp: number }[] = [];

  add(packet: Uint8Array, first: number, timestamp: number): void {
    this.payloads.push(packet.slice(payloadStart(packet)));
    this.#packets.push({ packet: packet.slice(), marker: (first & MARKER_WORD) !== 0, timestamp });
  }

  addReport(): void {}

  flush(): void {}

  frames(codec: 'H264' | 'H265') {
    const depacketizer = new Depacketizer(codec);
    return this.#packets.flatMap(
      ({ packet, marker, timestamp }) => depacketizer.push(packet, marker, timestamp) ?? [],
    );
  }
}

/** What one viewer was sent. */
class CameraViewer {
  readonly viewer: WebrtcViewer;
  readonly peer: FakePeer;

  constructor(viewer: WebrtcViewer, peer: FakePeer) {
    this.viewer = viewer;
    this.peer = peer;
  }

  packets(kind: 'video' | 'audio'): SentPacket[] {
    const lane = this.viewer.subscribers.find(({ track }) => track.format.kind === kind)?.lane;
    return this.peer.sent.filter(({ ssrc }) => ssrc === lane?.ssrc);
  }

  /** Whole frames, as a decoder gets them. */
  frames(codec: 'H264' | 'H265' = 'H264') {
    const depacketizer = new Depacketizer(codec);
    return this.packets('video').flatMap(
      ({ bytes, marker, timestamp }) => depacketizer.push(bytes, marker, timestamp) ?? [],
    );
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
