// How far a jitter buffer has played: which sound is next, what is too late for its turn, and what was
// bridged while the next item was waited for.

/** At 44.1 kHz packets differ by a sample, so that after a bridged one the next is a sample off. */
const SLACK_TICKS = 2;

/** All in ticks; positions are unwrapped timestamps. */
export class PlayingPosition {
  /** Of what is to be played next. */
  next = Number.NEGATIVE_INFINITY;
  /** Bridged since the next item's turn came. */
  waited = 0;
  /** Bridged since the last item. */
  silent = 0;
  /** Of the item that was played last. */
  #last = Number.NEGATIVE_INFINITY;

  isNext(position: number): boolean {
    return position - this.next <= SLACK_TICKS;
  }

  isOver(position: number): boolean {
    return position <= this.#last || position < this.next - SLACK_TICKS;
  }

  play({ position, durationTicks }: { position: number; durationTicks: number }): void {
    this.#last = position;
    this.next = position + durationTicks;
    this.waited = 0;
    this.silent = 0;
  }

  /** Says how much of it has been bridged already, while it was waited for. */
  giveUp(ticks: number): number {
    const bridged = Math.min(ticks, this.waited);
    this.waited -= bridged;
    this.next += ticks;
    return bridged;
  }

  /** Sound has stopped: what was waited for is over. */
  stop(): void {
    this.next += this.waited;
    this.waited = 0;
    this.silent = 0;
  }
}
