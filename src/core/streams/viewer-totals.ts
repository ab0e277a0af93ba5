// What was sent to viewers in all, those that left included.

import type { Viewer } from './viewer.ts';

export interface ViewerTotals {
  viewers: number;
  packets: number;
  bytes: number;
  retransmitted: number;
  nacks: number;
  unanswered: number;
  plis: number;
  dropped: number;
  sendFailures: number;
  malformedRtcp: number;
}

export function emptyTotals(): ViewerTotals {
  return {
    viewers: 0,
    packets: 0,
    bytes: 0,
    retransmitted: 0,
    nacks: 0,
    unanswered: 0,
    plis: 0,
    dropped: 0,
    sendFailures: 0,
    malformedRtcp: 0,
  };
}

export function addViewer(totals: ViewerTotals, viewer: Viewer): void {
  totals.viewers++;
  totals.sendFailures += viewer.peer?.sendFailures ?? 0;
  totals.malformedRtcp += viewer.malformed;
  for (const { counters } of viewer.subscribers) {
    totals.packets += counters.packets;
    totals.bytes += counters.bytes;
    totals.retransmitted += counters.retransmitted;
    totals.nacks += counters.nacks;
    totals.unanswered += counters.unanswered;
    totals.plis += counters.plis;
    totals.dropped += counters.dropped;
  }
}
