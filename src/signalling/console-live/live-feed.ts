// What every admin's page is sent while it is open: levels as they come, the console when it has changed.

import type { ConsoleView } from '#contract/console.ts';
import type { LiveNews } from '#contract/console-live.ts';
import type { MeterLevels } from '#core/ports/sound-engine.ts';
import { writeMeterFrame } from '#media/sound/meter-frame.ts';
import type { Wire } from '../wire.ts';

/** What the rules tell; levels are measured only while somebody watches them. */
export interface ConsoleFigures {
  console(): ConsoleView;
  watchMeters(sink: (levels: MeterLevels) => void): { close(): void };
}

export class LiveFeed {
  readonly #figures: ConsoleFigures;
  /** Each page, and the text that it was told last. */
  readonly #pages = new Map<Wire<LiveNews>, string>();
  #meters: { close(): void } | undefined;

  constructor(figures: ConsoleFigures) {
    this.#figures = figures;
  }

  add(page: Wire<LiveNews>): void {
    this.#pages.set(page, '');
    this.#meters ??= this.#figures.watchMeters((levels) => this.#sendLevels(levels));
    this.tell();
  }

  /** Idempotent. */
  remove(page: Wire<LiveNews>): void {
    this.#pages.delete(page);
    if (this.#pages.size > 0) return;
    this.#meters?.close();
    this.#meters = undefined;
  }

  /** Tells each page what it does not know yet. A page without room is told the next time. */
  tell(): void {
    if (this.#pages.size === 0) return;
    const news: LiveNews = { type: 'console', payload: this.#figures.console() };
    const text = JSON.stringify(news);
    for (const [page, told] of this.#pages) {
      if (told !== text && page.sendText(text)) this.#pages.set(page, text);
    }
  }

  #sendLevels(levels: MeterLevels): void {
    const frame = writeMeterFrame(levels);
    for (const page of this.#pages.keys()) page.sendBytes(frame);
  }
}
