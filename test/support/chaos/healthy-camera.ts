// A camera that does nothing wrong, and whose every frame is counted at its viewers.

import { openCameraFleet } from '../scripted-camera/camera-fleet.ts';
import { makeClip } from '../scripted-camera/make-clip.ts';
import { prepareTrack } from '../scripted-camera/prepared-clip.ts';
import { formatFrameStamp, readFrameStamp } from './frame-stamp.ts';

/** So that packets reach viewers as they are, with the stamp at their end. */
const MAX_PAYLOAD_BYTES = 1_188;

async function healthyClip() {
  return makeClip({ framesPerSecond: 15, gopFrames: 30, bitrateKbps: 300 });
}

interface HealthyCamera {
  readonly address: string;
  /** Frames that it has sent. */
  readonly frames: number;
  /** A second connection would begin the clip anew. */
  readonly connectionsEver: number;
  close(): Promise<void>;
}

export async function openHealthyCamera(port?: number): Promise<HealthyCamera> {
  let frames = 0;
  const fleet = await openCameraFleet({
    clip: await healthyClip(),
    maxPayloadBytes: MAX_PAYLOAD_BYTES,
    makeStamp: () => formatFrameStamp(frames++),
    ...(port === undefined ? {} : { port }),
  });
  return {
    address: fleet.address(0),
    get frames() {
      return frames;
    },
    get connectionsEver() {
      return fleet.counters.connectionsEver;
    },
    close: () => fleet.close(),
  };
}

/** How many stamped packets each frame of the clip has. */
export async function stampedPackets(): Promise<number[]> {
  const [video] = (await healthyClip()).tracks;
  const { frames } = prepareTrack(video!, 0, MAX_PAYLOAD_BYTES);
  return frames.map(({ bytes, starts }) => {
    const sizes = starts.map((start, at) => (starts[at + 1] ?? bytes.length) - start);
    return sizes.filter((size) => size >= 200).length;
  });
}

/** Sees every packet of one viewer, and says what is not as the camera sent it. */
export class FrameCounter {
  readonly faults: string[] = [];
  readonly #packetsOf: readonly number[];
  #frame = -1;
  #packets = 0;
  #isFirst = false;
  /** Whole frames, one behind the other. */
  frames = 0;

  constructor(packetsOf: readonly number[]) {
    this.#packetsOf = packetsOf;
  }

  /** The last frame whose packets have begun to come; -1 before the first. */
  get last(): number {
    return this.#frame;
  }

  take(packet: Uint8Array): void {
    const frame = readFrameStamp(packet);
    if (frame === undefined) return;
    if (frame !== this.#frame) this.#begin(frame);
    this.#packets++;
  }

  #begin(frame: number): void {
    // What stood before the very first key frame is no part of it for the server.
    if (this.#frame >= 0 && !this.#isFirst) this.#judge(frame);
    this.#isFirst = this.#frame < 0;
    this.#frame = frame;
    this.#packets = 0;
  }

  #judge(next: number): void {
    const expected = this.#packetsOf[this.#frame % this.#packetsOf.length];
    if (next !== this.#frame + 1) this.faults.push(`frame ${next} came after ${this.#frame}`);
    else if (this.#packets !== expected)
      this.faults.push(`frame ${this.#frame} had ${this.#packets} packets of ${expected}`);
    else this.frames++;
  }
}
