// WHIP: one POST with an SDP offer makes a publisher (RFC 9725).

import type { ApiInstance } from './instance.ts';
import { addSdpSessionRoutes, type SdpProtocol } from './sdp-sessions.ts';
import type { ApiServices } from './services.ts';

const whip: SdpProtocol = {
  name: 'whip',
  tag: 'publishing',
  purpose: 'publishing',
  open: {
    operationId: 'publish',
    summary: 'Publish to a stream',
    description:
      'Send an offer that sends video, audio or both to a stream whose source is `publish:`; the answer holds all of the server’s candidates. `Location` is the publisher, to be deleted at the end. `ETag` names its ICE session for trickling. `Link` names the ICE servers to use. Video is H264 with packetization-mode=1, or H265; audio is opus, PCMU or PCMA. Of a simulcast the first encoding is taken.',
  },
  trickle: {
    operationId: 'tricklePublisher',
    summary: 'Add ICE candidates of a publisher',
    description:
      'The publisher’s candidates as they turn up (RFC 8840). Send the `ETag` as `If-Match`. An ICE restart (`If-Match: *`, or other credentials in the fragment) is refused with `ice_restart_unsupported`: end this publisher and make a new one.',
  },
  end: {
    operationId: 'unpublish',
    summary: 'Stop publishing',
    description:
      'Ends the publisher at once. One that just goes away is noticed by the server some seconds later; until then nobody else can publish to the stream.',
  },
  options: {
    operationId: 'getPublishOptions',
    summary: 'What to send to publish to a stream',
    description:
      '`Accept-Post` names the type of the offer, `Link` the ICE servers, for publishers that need them before they make one. Says nothing about whether the stream exists.',
  },
  refusals: ['not_publishable', 'publisher_present'],
  gone: 'publisher_not_found',
};

export function addWhipRoutes(root: ApiInstance, services: ApiServices): void {
  const { publishers, iceServers } = services;
  addSdpSessionRoutes(root, whip, {
    iceServers,
    sessions: {
      open: (request) => publishers.publish(request),
      trickle: (...request) => publishers.trickle(...request),
      end: (...session) => publishers.leave(...session),
    },
  });
}
