// What was sent to a viewer of one track, or to many.

export interface SubscriberCounters {
  packets: number;
  bytes: number;
  retransmitted: number;
  /** Packets asked for again. */
  nacks: number;
  /** Of those, the ones no longer at hand or over the limit. */
  unanswered: number;
  /** Key frames asked for. */
  plis: number;
  /** Packets skipped, to the next key frame. */
  dropped: number;
}

export function emptyCounters(): SubscriberCounters {
  return {
    packets: 0,
    bytes: 0,
    retransmitted: 0,
    nacks: 0,
    unanswered: 0,
    plis: 0,
    dropped: 0,
  };
}

export function addCounters(sum: SubscriberCounters, more: Readonly<SubscriberCounters>): void {
  sum.packets += more.packets;
  sum.bytes += more.bytes;
  sum.retransmitted += more.retransmitted;
  sum.nacks += more.nacks;
  sum.unanswered += more.unanswered;
  sum.plis += more.plis;
  sum.dropped += more.dropped;
}
