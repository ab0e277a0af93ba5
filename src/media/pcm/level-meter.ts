// How loud channels are: the peak and the root of the mean square of what passed since the last reading.

/** What silence reads; the quietest 24-bit sample is at −138. */
const FLOOR_DB = -120;

/** In dBFS; one for each channel. A square wave of full scale has 0 in both, a sine −3 in RMS. */
interface Levels {
  readonly peakDb: number[];
  readonly rmsDb: number[];
}

export class LevelMeter {
  readonly #peaks: Float64Array;
  readonly #energies: Float64Array;
  #frames = 0;

  constructor(channels: number) {
    this.#peaks = new Float64Array(channels);
    this.#energies = new Float64Array(channels);
  }

  /** A channel that has no plane is silent. */
  push(planes: readonly Float32Array[], frames: number): void {
    for (let channel = 0; channel < this.#peaks.length; channel++) {
      const plane = planes[channel];
      if (plane) this.#add(channel, plane, frames);
    }
    this.#frames += frames;
  }

  /** Since the last call. */
  read(): Levels {
    const frames = Math.max(1, this.#frames);
    const levels = {
      peakDb: Array.from(this.#peaks, toDb),
      rmsDb: Array.from(this.#energies, (energy) => toDb(Math.sqrt(energy / frames))),
    };
    this.#peaks.fill(0);
    this.#energies.fill(0);
    this.#frames = 0;
    return levels;
  }

  #add(channel: number, plane: Float32Array, frames: number): void {
    let peak = this.#peaks[channel] ?? 0;
    let energy = this.#energies[channel] ?? 0;
    for (let at = 0; at < frames; at++) {
      const sample = plane[at] ?? 0;
      const size = Math.abs(sample);
      if (size > peak) peak = size;
      energy += sample * sample;
    }
    this.#peaks[channel] = peak;
    this.#energies[channel] = energy;
  }
}

function toDb(amplitude: number): number {
  return amplitude > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(amplitude)) : FLOOR_DB;
}
