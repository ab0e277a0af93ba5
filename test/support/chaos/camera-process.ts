// A process of cameras, some that do nothing wrong and some that do nothing right, until its parent is gone.
//
//   camera-process.ts SEED HEALTHY FAILING

import { makeClip } from '../scripted-camera/make-clip.ts';
import { openScriptedCamera } from '../scripted-camera/scripted-camera.ts';
import { seededRandom } from '../seeded-random.ts';
import { openHealthyCamera } from './healthy-camera.ts';
import { type Troubled, WAYS_TO_FAIL, type WayToFail } from './ways-to-fail.ts';

/** Long enough to come back in between, mostly. */
const MIN_PAUSE_MS = 1_500;
const MAX_PAUSE_MS = 5_000;

export type CameraOrder = 'disturb' | 'end' | 'count';

/** By camera, in the order of their addresses. */
export interface CameraCount {
  readonly frames: readonly number[];
  readonly connections: readonly number[];
  readonly wrongPasswords: readonly number[];
  readonly disturbances: number;
}

export interface CameraAddresses {
  readonly healthy: readonly string[];
  readonly failing: readonly string[];
}

const [seed = '1', healthyCount = '1', failingCount = '1'] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const clips = {
  usual: await makeClip({ framesPerSecond: 10, gopFrames: 10, bitrateKbps: 150 }),
  large: await makeClip({
    framesPerSecond: 10,
    gopFrames: 10,
    bitrateKbps: 150,
    width: 480,
    height: 270,
  }),
  h265: await makeClip({ framesPerSecond: 10, gopFrames: 10, bitrateKbps: 150, video: 'H265' }),
};
const healthy = await Promise.all(
  Array.from({ length: Number(healthyCount) }, () => openHealthyCamera()),
);
const failing = await Promise.all(
  Array.from({ length: Number(failingCount) }, async (_, at) => {
    const way = WAYS_TO_FAIL[at % WAYS_TO_FAIL.length]!;
    return { way, camera: await openScriptedCamera({ clip: clips.usual, ...way.behaviour }) };
  }),
);
const timers = new Set<NodeJS.Timeout>();
let disturbances = 0;

function disturb(way: WayToFail, troubled: Troubled): void {
  const pauseMs = MIN_PAUSE_MS + random() * (MAX_PAUSE_MS - MIN_PAUSE_MS);
  const timer = setTimeout(() => {
    timers.delete(timer);
    disturbances++;
    way.disturb(troubled);
    disturb(way, { ...troubled, turn: troubled.turn + 1 });
  }, pauseMs);
  timers.add(timer);
}

function count(): CameraCount {
  return {
    frames: healthy.map(({ frames }) => frames),
    connections: healthy.map(({ connectionsEver }) => connectionsEver),
    wrongPasswords: failing.map(({ camera }) => camera.wrongPasswords),
    disturbances,
  };
}

const ORDERS: Readonly<Record<CameraOrder, () => void>> = {
  disturb: () => {
    for (const { way, camera } of failing) disturb(way, { camera, clips, random, turn: 0 });
  },
  end: () => {
    for (const timer of timers) clearTimeout(timer);
    for (const { way, camera } of failing) way.end?.({ camera, clips, random, turn: 0 });
  },
  count: () => process.send?.(count()),
};

process.on('disconnect', () => process.exit(0));
process.on('message', (order: CameraOrder) => ORDERS[order]());
const addresses: CameraAddresses = {
  healthy: healthy.map(({ address }) => address),
  failing: failing.map(({ camera }) => camera.address),
};
process.send?.(addresses);
