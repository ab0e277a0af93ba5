// What a listener says of its network, and what follows from it: warnings to it, other packets for it.

import type { QosMetrics } from '#contract/audio-meta.ts';
import type { ConsoleSettings, ListenerFigures } from '#contract/console.ts';
import type { ListenerEvent } from '#contract/listening.ts';
import type { Rendition } from '#core/ports/sound-engine.ts';
import type { Clock } from '#std/clock.ts';
import { FigureHistory, readFigures } from './figure-history.ts';
import { ListenerAdaptation } from './listener-adaptation.ts';
import { NetworkWatch } from './network-watch.ts';

interface NetworkSituation {
  readonly settings: ConsoleSettings;
  /** What it gets while its network is well; undefined while it gets nothing. */
  readonly base: Rendition | undefined;
  readonly clock: Clock;
}

export class ListenerNetwork {
  readonly #history = new FigureHistory();
  readonly #watch = new NetworkWatch();
  readonly #adaptation = new ListenerAdaptation();

  /** Of its last report. */
  get latest(): ListenerFigures | undefined {
    return this.#history.latest;
  }

  /** Oldest first. */
  get history(): ListenerFigures[] {
    return this.#history.list();
  }

  /** What it is to be told. */
  take(metrics: QosMetrics, { settings, base, clock }: NetworkSituation): readonly ListenerEvent[] {
    const nowMs = clock.nowMs();
    const figures = readFigures(metrics, clock.wallMs());
    this.#history.add(figures, nowMs);
    if (base && settings.adaptive) {
      this.#adaptation.take(figures, { base, thresholds: settings, nowMs });
    }
    return this.#watch.take(figures, settings, nowMs);
  }

  /** What it gets in the place of `base`. */
  adapt(base: Rendition, { adaptive }: ConsoleSettings): Rendition {
    return adaptive ? this.#adaptation.adapt(base) : base;
  }

  /** What was lowered, for people; null if nothing was. */
  explain(base: Rendition, { adaptive }: ConsoleSettings): string | null {
    return adaptive ? this.#adaptation.explain(base) : null;
  }
}
