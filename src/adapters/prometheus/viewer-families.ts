// The metrics of viewers and of what is sent to them.

import type { TransportTotals, ViewerCount } from './figures.ts';
import type { Family } from './text-format.ts';

const totals: readonly (readonly [keyof TransportTotals, name: string, help: string])[] = [
  ['packets', 'packets', 'RTP packets sent to viewers, retransmissions included.'],
  ['bytes', 'bytes', 'Bytes sent to viewers, RTP headers included.'],
  ['sendFailures', 'send_failures', 'Packets that the WebRTC engine refused.'],
  ['retransmitted', 'retransmitted_packets', 'Packets sent again.'],
  ['nacks', 'nacked_packets', 'Packets that viewers asked for again.'],
  ['unanswered', 'unanswered_packets', 'Packets asked for again but not sent again.'],
  ['plis', 'key_frame_requests', 'Key frames that viewers asked for.'],
  ['dropped', 'dropped_packets', 'Packets skipped for a viewer, to the next key frame.'],
  ['tcpDropped', 'tcp_dropped_packets', 'Packets that did not fit into slow TCP connections.'],
  ['malformedRtcp', 'malformed_rtcp_packets', 'RTCP packets of viewers that made no sense.'],
];

export function viewerFamilies(
  counts: readonly ViewerCount[],
  transport: TransportTotals,
): Family[] {
  return [
    {
      name: 'yeoul_viewers',
      type: 'gauge',
      help: 'Viewers by protocol, state and path.',
      samples: counts.map(({ protocol, state, path, count }) => ({
        labels: { protocol, state, path: path ?? 'unknown' },
        value: count,
      })),
    },
    counter('yeoul_viewers_joined_total', 'Viewers that got an answer.', transport.viewersJoined),
    counter('yeoul_viewers_left_total', 'Viewers that are gone.', transport.viewersLeft),
    ...totals.map(([key, name, help]) =>
      counter(`yeoul_transport_${name}_total`, help, transport[key]),
    ),
  ];
}

function counter(name: string, help: string, value: number): Family {
  return { name, type: 'counter', help, samples: [{ labels: {}, value }] };
}
