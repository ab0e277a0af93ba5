// Trying a camera before it is added: it is played for some seconds beside all streams, by the same
// rules, and what came is told.

import type { StreamSettings } from '#contract/stream-settings.ts';
import type { ProfileView } from '#contract/streams.ts';
import type { Converter } from '#core/ports/converter.ts';
import { OpenGate } from '#core/streams/open-gate.ts';
import { Stream, type StreamSpec } from '#core/streams/stream.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { assert, ClosedError, InputError, UnavailableError } from '#std/errors.ts';
import { isCamera } from './read-settings.ts';

/** The slowest cameras answer within 5 s, and then a whole group of pictures should be seen. */
const TRIAL_MS = 10_000;
/** Each one is a connection to an address that somebody typed. */
const MAX_TRIALS = 4;
const LOOK_EVERY_MS = 250;
/** What rates are counted over. */
const TICK_MS = 1_000;

interface StreamTrialsOptions {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly createSpec: (settings: StreamSettings) => StreamSpec;
}

export class StreamTrials {
  readonly #options: StreamTrialsOptions;
  /** Ends each one that runs. */
  readonly #running = new Set<() => void>();
  #closed = false;

  constructor(options: StreamTrialsOptions) {
    this.#options = options;
  }

  /** Main first. Throws `too_many_trials`. */
  async try(settings: StreamSettings): Promise<ProfileView[]> {
    if (!isCamera(settings.source)) {
      throw new InputError(
        `Only cameras can be tried, and source is "${settings.source}". Send an address like rtsp://host/path.`,
      );
    }
    if (this.#closed) throw new ClosedError('The server is shutting down.');
    if (this.#running.size >= MAX_TRIALS) {
      throw new UnavailableError(
        `${MAX_TRIALS} cameras are being tried, as many as may be at once. Try again in some seconds.`,
        { code: 'too_many_trials' },
      );
    }
    const stream = this.#open(this.#options.createSpec(settings));
    await this.#watch(stream);
    const { profiles } = stream.view(0);
    await stream.close('the trial is over');
    return profiles;
  }

  /** What runs is ended early, with what has come until then. */
  close(): void {
    this.#closed = true;
    for (const end of this.#running) end();
  }

  #open(spec: StreamSpec): Stream {
    const { clock, random } = this.#options;
    const profiles = spec.profiles.map((profile) => ({ ...profile, open: 'always' as const }));
    const nothing = () => {};
    return new Stream({
      spec: { ...spec, enabled: true, profiles },
      clock,
      random,
      converter: NO_CONVERTER,
      gate: new OpenGate(),
      flush: nothing,
      onState: nothing,
      onGone: nothing,
    });
  }

  #watch(stream: Stream): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const timers: Timer[] = [];
      const end = () => {
        for (const timer of timers) timer.cancel();
        this.#running.delete(end);
        resolve();
      };
      this.#running.add(end);
      timers.push(
        clock.every(TICK_MS, () => stream.tick(clock.nowMs())),
        clock.every(LOOK_EVERY_MS, () => isDecided(stream) && end()),
        clock.after(TRIAL_MS, end),
      );
    });
  }
}

/** Nobody watches a trial. */
const NO_CONVERTER: Converter = {
  refusal: () => 'nothing is converted in a trial',
  convert() {
    assert(false, 'what is refused is not converted');
  },
};

/** Every profile has failed, or all that there is to know about its tracks is known. */
function isDecided(stream: Stream): boolean {
  return stream.view(0).profiles.every(({ state, failures, tracks }) => {
    if (failures > 0 || state === 'refused') return true;
    return state === 'live' && tracks.every(isKnown);
  });
}

function isKnown({ kind, gopFrames, frameRate }: ProfileView['tracks'][number]): boolean {
  return kind === 'audio' || (gopFrames !== null && Boolean(frameRate));
}
