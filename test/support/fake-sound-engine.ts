// A sound engine that sends nothing and remembers its plans.

import type { ListenerPlan, SoundEngine, SoundPlan } from '#core/ports/sound-engine.ts';

export class FakeSoundEngine implements SoundEngine {
  readonly port = 5002;
  readonly plans: SoundPlan[] = [];
  isClosed = false;

  apply(plan: SoundPlan): void {
    this.plans.push(plan);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** The newest. */
  get plan(): SoundPlan {
    const plan = this.plans.at(-1);
    if (!plan) throw new Error('no plan was given yet');
    return plan;
  }

  /** What this listener gets by the newest plan. */
  listener(id: string): ListenerPlan | undefined {
    return this.plan.listeners.find((listener) => listener.id === id);
  }
}
