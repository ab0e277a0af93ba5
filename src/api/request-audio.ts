// GET /request-audio: a listener names the UDP port that it wants its sound at (PRODUCT 2.3).

import { requestAudioAnswer, requestAudioQuery } from '#contract/audio-meta.ts';
import { plainAddress } from '#core/console/plain-address.ts';
import type { ApiInstance } from './instance.ts';
import { problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

export function addRequestAudioRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/request-audio',
    config: { purpose: 'listening' },
    schema: {
      operationId: 'requestAudio',
      tags: ['listening'],
      summary: 'Name the UDP port for the sound',
      description:
        'RTP goes to this port of the address that the listener’s WebSocket comes from, and to no other; the request has to come from there too. Without `client_id` it is for the oldest WebSocket of that address that has no port yet.',
      querystring: requestAudioQuery,
      response: {
        200: {
          description: 'Sound goes there as soon as `client_config` has come.',
          content: { 'application/json': { schema: requestAudioAnswer } },
        },
        ...problemResponses(
          'invalid_input',
          'cross_site',
          'foreign_listener',
          'not_found',
          'listener_not_found',
        ),
      },
    },
    handler: ({ query, ip }) =>
      soundOf(services).requestAudio({
        udpPort: query.udp_port,
        clientId: query.client_id,
        address: plainAddress(ip),
      }),
  });
}
