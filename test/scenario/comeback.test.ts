// Many cameras that went away together come back together: few are opened at once, and all are seen soon.

import { expect, test } from 'vitest';
import type { Source, SourceSink } from '#core/ports/source.ts';
import { Streams } from '#core/streams/streams.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { VideoSender } from '../support/rtp-packets.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { SilentLog } from '../support/silent-log.ts';
import { FakeConverter, H264, streamSpec } from '../support/streams-set-up.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const CAMERAS = 100;
const MAX_OPENING = 16;
const OPENING_MS = 500;
/** The switch is there, the cameras are not: all of them fail in the same moment. */
const REFUSED_MS = 5;
const TIMEOUT_MS = 10_000;
const FRAME_MS = 1_000;
const BACK_WITHIN_MS = 60_000;

/** Cameras behind one switch: it is on or off for all of them. */
class Switch {
  isOn = true;
  opening = 0;
  mostOpening = 0;
  /** When each attempt began. */
  readonly attemptsMs: number[] = [];
}

class SwitchedCamera implements Source {
  readonly #clock: Clock;
  readonly #network: Switch;
  #timer: Timer | undefined;
  #isOpening = false;

  constructor(clock: Clock, network: Switch) {
    this.#clock = clock;
    this.#network = network;
  }

  start(sink: SourceSink): void {
    const network = this.#network;
    this.#isOpening = true;
    network.opening++;
    network.mostOpening = Math.max(network.mostOpening, network.opening);
    network.attemptsMs.push(this.#clock.nowMs());
    const wasOn = network.isOn;
    this.#timer = this.#clock.after(wasOn ? OPENING_MS : REFUSED_MS, () => {
      this.#endOpening();
      if (wasOn) this.#play(sink);
      else sink.failed({ kind: 'retry', reason: 'nobody listens' });
    });
  }

  close(): Promise<void> {
    this.#endOpening();
    this.#timer?.cancel();
    return Promise.resolve();
  }

  #play(sink: SourceSink): void {
    const [track] = sink.ready({ formats: [H264] });
    const sender = new VideoSender();
    this.#timer = this.#clock.every(FRAME_MS, () => {
      if (!this.#network.isOn) {
        sink.failed({ kind: 'retry', reason: 'the connection broke' });
        return;
      }
      for (const packet of sender.keyFrame()) track?.write(packet, this.#clock.nowMs());
      sink.flush();
    });
  }

  #endOpening(): void {
    if (this.#isOpening) this.#network.opening--;
    this.#isOpening = false;
  }
}

test(`${CAMERAS} cameras behind one switch are opened ${MAX_OPENING} at a time, spread, and all live within a minute`, async () => {
  const clock = new VirtualClock();
  const network = new Switch();
  const converter = new FakeConverter();
  const random = seededRandom(20_261_122);
  const streams = new Streams({ clock, log: new SilentLog(), converter, flush: () => {}, random });
  for (let camera = 0; camera < CAMERAS; camera++) {
    const spec = {
      name: 'main',
      address: 'rtsp://10.0.0.7/main',
      key: 'main',
      gated: true,
      open: 'always',
      lingerMs: 10_000,
      timeoutMs: TIMEOUT_MS,
      createSource: () => new SwitchedCamera(clock, network),
    } as const;
    await streams.apply(streamSpec([spec], { id: `camera-${camera}` }));
  }
  const live = () => streams.views(() => 0).filter(({ state }) => state === 'live').length;
  await clock.advanceAsync(20_000);
  expect(live()).toBe(CAMERAS);

  network.isOn = false;
  await clock.advanceAsync(5 * 60_000);
  expect(live()).toBe(0);

  network.isOn = true;
  network.attemptsMs.length = 0;
  const backAtMs = clock.nowMs();
  while (live() < CAMERAS && clock.nowMs() < backAtMs + BACK_WITHIN_MS)
    await clock.advanceAsync(1_000);
  expect(live()).toBe(CAMERAS);
  expect(network.mostOpening).toBe(MAX_OPENING);
  // Without chance all would come in the same second.
  const perSecond = new Map<number, number>();
  for (const atMs of network.attemptsMs) {
    const second = Math.floor((atMs - backAtMs) / 1_000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  expect(Math.max(...perSecond.values())).toBeLessThan(CAMERAS / 4);
  await streams.close();
});
