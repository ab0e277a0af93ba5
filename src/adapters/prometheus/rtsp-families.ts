// The metrics of the RTSP server.

import type { RtspTotals } from './figures.ts';
import type { Family } from './text-format.ts';

const totals: readonly (readonly [keyof RtspTotals, name: string, help: string])[] = [
  ['refused', 'refused_connections', 'Connections closed at once: there were too many.'],
  ['malformed', 'malformed_connections', 'Connections ended for what they sent.'],
  ['wrongPasswords', 'wrong_passwords', 'Logins that were refused.'],
  ['dropped', 'dropped_packets', 'Packets that a reader had no room for.'],
  ['tooSlow', 'slow_readers', 'Readers sent away because they took nothing for 10 s.'],
];

/** None where there is no RTSP server. */
export function rtspFamilies(rtsp: RtspTotals | undefined): Family[] {
  if (!rtsp) return [];
  return [
    {
      name: 'yeoul_rtsp_connections',
      type: 'gauge',
      help: 'Connections of readers and publishers.',
      samples: [{ labels: {}, value: rtsp.connections }],
    },
    ...totals.map(
      ([key, name, help]): Family => ({
        name: `yeoul_rtsp_${name}_total`,
        type: 'counter',
        help,
        samples: [{ labels: {}, value: rtsp[key] }],
      }),
    ),
  ];
}
