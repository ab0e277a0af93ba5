// The metrics of the ways in besides HTTP: the RTSP server and the WebSockets.

import type { RtspTotals, SignallingTotals } from './figures.ts';
import type { Family } from './text-format.ts';

type Figure<Totals> = readonly [keyof Totals, name: string, help: string];

const rtspGauge: Figure<RtspTotals> = [
  'connections',
  'connections',
  'Connections of readers and publishers.',
];
const rtspTotals: readonly Figure<RtspTotals>[] = [
  ['refused', 'refused_connections', 'Connections closed at once: there were too many.'],
  ['malformed', 'malformed_connections', 'Connections ended for what they sent.'],
  ['wrongPasswords', 'wrong_passwords', 'Logins that were refused.'],
  ['dropped', 'dropped_packets', 'Packets that a reader had no room for.'],
  ['tooSlow', 'slow_readers', 'Clients sent away because they took nothing: packets, or answers.'],
];

const socketGauge: Figure<SignallingTotals> = ['sockets', 'sockets', 'Open WebSockets.'];
const socketTotals: readonly Figure<SignallingTotals>[] = [
  ['refused', 'refused_sockets', 'WebSockets refused: there were too many.'],
  ['malformed', 'malformed_messages', 'Messages that made no sense.'],
  ['wrongSecrets', 'wrong_secrets', 'Secrets that were refused.'],
  ['dismissed', 'dismissed_sockets', 'WebSockets closed for what they did, or did not.'],
  ['dropped', 'dropped_fragments', 'MP4 fragments that a WebSocket had no room for.'],
];

/** None where there is no RTSP server. */
export function rtspFamilies(rtsp: RtspTotals | undefined): Family[] {
  return rtsp ? families('yeoul_rtsp', rtsp, { gauge: rtspGauge, totals: rtspTotals }) : [];
}

export function signallingFamilies(signalling: SignallingTotals): Family[] {
  return families('yeoul_signalling', signalling, { gauge: socketGauge, totals: socketTotals });
}

function families<Totals extends { readonly [Key in keyof Totals]: number }>(
  prefix: string,
  figures: Totals,
  told: { readonly gauge: Figure<Totals>; readonly totals: readonly Figure<Totals>[] },
): Family[] {
  const family = ([key, name, help]: Figure<Totals>, type: Family['type']): Family => ({
    name: `${prefix}_${name}${type === 'counter' ? '_total' : ''}`,
    type,
    help,
    samples: [{ labels: {}, value: figures[key] }],
  });
  return [family(told.gauge, 'gauge'), ...told.totals.map((each) => family(each, 'counter'))];
}
