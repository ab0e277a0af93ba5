// WHEP: one POST with an SDP offer makes a viewer (draft-ietf-wish-whep).

import type { ApiInstance } from './instance.ts';
import { addSdpSessionRoutes, type SdpProtocol } from './sdp-sessions.ts';
import type { ApiServices } from './services.ts';

const whep: SdpProtocol = {
  name: 'whep',
  tag: 'watching',
  purpose: 'reading',
  open: {
    operationId: 'watch',
    summary: 'Watch a stream',
    description:
      'Send an offer that receives video, audio or both; the answer holds all of the server’s candidates. `Location` is the viewer, to be deleted at the end. `ETag` names its ICE session for trickling. `Link` names the ICE servers to use. Of the codecs offered, the server chooses the one that the stream has.',
  },
  trickle: {
    operationId: 'trickle',
    summary: 'Add ICE candidates',
    description:
      'The browser’s candidates as they turn up (RFC 8840). Send the `ETag` as `If-Match`. An ICE restart (`If-Match: *`, or other credentials in the fragment) is refused with `ice_restart_unsupported`: make a new viewer and keep the last picture on screen meanwhile.',
  },
  end: {
    operationId: 'leave',
    summary: 'Stop watching',
    description:
      'Ends the viewer at once. One that just goes away is noticed by the server some seconds later.',
  },
  options: {
    operationId: 'getWatchOptions',
    summary: 'What to send to watch a stream',
    description:
      '`Accept-Post` names the type of the offer, `Link` the ICE servers, for players that need them before they make one. Says nothing about whether the stream exists.',
  },
  refusals: ['too_many_viewers'],
  gone: 'viewer_not_found',
};

export function addWhepRoutes(root: ApiInstance, services: ApiServices): void {
  const { viewers, iceServers } = services;
  addSdpSessionRoutes(root, whep, {
    iceServers,
    sessions: {
      open: (request) => viewers.join(request),
      trickle: (...request) => viewers.trickle(...request),
      end: (...session) => viewers.leave(...session),
    },
  });
}
