// The sound engine as the main thread sees it: a worker thread that is told the plan, and is replaced
// when it dies. Nothing that the main thread does makes its sound late.
//
//   starting ──ready──▶ running ──died──▶ waiting, 1 to 16 s ──▶ starting, with the last plan
//       └──died, refused──────────────────────▲         (the first time: openSoundThread throws)

import type { Log } from '#core/ports/log.ts';
import type { SoundEngine, SoundEngineEvents, SoundPlan } from '#core/ports/sound-engine.ts';
import type { Clock, Timer } from '#std/clock.ts';
import type { ConsoleConfig } from '../config/config.ts';
import { systemClock } from '../system-clock.ts';
import { EngineWorker } from './engine-worker.ts';
import type { EngineReply } from './messages.ts';
import { Totals } from './totals.ts';

const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 16_000;
/** Who lived so long is replaced after the first back-off again. */
const STEADY_AFTER_MS = 60_000;

const SCRIPT = new URL('./engine-thread.ts', import.meta.url);

interface SoundThreadOptions {
  readonly config: Pick<ConsoleConfig, 'arecord' | 'rtpPort'>;
  readonly log: Log;
  readonly events: SoundEngineEvents;
  readonly clock?: Clock;
  readonly script?: URL;
}

/** Throws `UnavailableError` if the port is not to be had, and else what the thread died of. */
export async function openSoundThread(options: SoundThreadOptions): Promise<SoundEngine> {
  const { clock = systemClock, script = SCRIPT } = options;
  const thread = new SoundThread({ ...options, clock, script });
  await thread.start(options.config.rtpPort);
  return thread;
}

class SoundThread implements SoundEngine {
  readonly #options: Required<SoundThreadOptions>;
  readonly #totals = new Totals();
  #worker: EngineWorker | undefined;
  #isRunning = false;
  #port = 0;
  #plan: SoundPlan | undefined;
  #willPost = false;
  #startedAtMs = 0;
  #backOffMs = FIRST_BACK_OFF_MS;
  #restart: Timer | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: Required<SoundThreadOptions>) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  apply(plan: SoundPlan): void {
    this.#plan = plan;
    if (this.#willPost) return;
    this.#willPost = true;
    // Of several in one turn only the last counts.
    queueMicrotask(() => {
      this.#willPost = false;
      this.#postPlan();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Rejects with why it could not. */
  async start(port: number): Promise<void> {
    const { config, script, clock } = this.#options;
    const data = { port, arecord: config.arecord };
    this.#startedAtMs = clock.nowMs();
    this.#worker = new EngineWorker({ script, data, onReply: (reply) => this.#handle(reply) });
    const { ready, ended } = this.#worker;
    this.#port = await ready;
    this.#isRunning = true;
    this.#postPlan();
    void ended.then((error) => this.#replace(error));
  }

  #postPlan(): void {
    if (!this.#isRunning || !this.#plan || this.#closing) return;
    this.#worker?.post({ kind: 'plan', plan: this.#plan });
  }

  #handle(reply: EngineReply): void {
    const { log, events } = this.#options;
    if (reply.kind === 'capture') events.onCapture(this.#totals.addCapture(reply.state));
    if (reply.kind === 'report') events.onReport(this.#totals.addReport(reply.report));
    if (reply.kind === 'meters') events.onMeters(reply.levels);
    if (reply.kind === 'log') log[reply.level](reply.message, reply.fields);
  }

  /** It died, or could not start again: after a while comes the next one. */
  #replace(error: Error): void {
    const wasRunning = this.#isRunning;
    this.#isRunning = false;
    if (this.#closing) return;
    const { log, clock } = this.#options;
    const backOffMs = this.#nextBackOffMs();
    log.error('Sound engine ended', { error: error.stack ?? error.message, backOffMs });
    this.#totals.startAnew();
    this.#sayFailed(`The sound engine ended: ${error.message}. It starts again by itself.`);
    if (wasRunning) this.#options.events.onLost?.();
    this.#restart = clock.after(backOffMs, () => void this.#startAgain());
  }

  async #startAgain(): Promise<void> {
    try {
      // Listeners know the port by now.
      await this.start(this.#port);
      this.#options.log.info('Sound engine started again', { port: this.#port });
    } catch (error) {
      this.#replace(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #nextBackOffMs(): number {
    const wasSteady = this.#options.clock.nowMs() - this.#startedAtMs >= STEADY_AFTER_MS;
    const backOffMs = wasSteady ? FIRST_BACK_OFF_MS : this.#backOffMs;
    this.#backOffMs = Math.min(2 * backOffMs, MAX_BACK_OFF_MS);
    return backOffMs;
  }

  #sayFailed(reason: string): void {
    const source = this.#plan?.source ?? null;
    const unknown = { sampleRate: null, channels: null, format: null };
    const state = { state: 'failed', source, reason, ...unknown, ...this.#totals.capture } as const;
    this.#options.events.onCapture(state);
  }

  async #close(): Promise<void> {
    this.#restart?.cancel();
    await this.#worker?.close(this.#options.clock);
  }
}
