// What was sent to viewers in all, those that left included.

import { addCounters, emptyCounters, type SubscriberCounters } from './subscriber-counters.ts';
import type { Viewer } from './viewer.ts';

export interface ViewerTotals extends SubscriberCounters {
  viewers: number;
  sendFailures: number;
  malformedRtcp: number;
}

export function emptyTotals(): ViewerTotals {
  return { ...emptyCounters(), viewers: 0, sendFailures: 0, malformedRtcp: 0 };
}

export function addViewer(totals: ViewerTotals, viewer: Viewer): void {
  totals.viewers++;
  totals.sendFailures += viewer.sendFailures;
  totals.malformedRtcp += viewer.malformed;
  for (const { counters } of viewer.subscribers) addCounters(totals, counters);
}
