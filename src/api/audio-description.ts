// GET /audio.sdp: a plain listener's RTP streams for players such as VLC and ffmpeg (RFC 8866).

import { z } from 'zod';
import { clientId } from '#contract/audio-meta.ts';
import type { ApiInstance } from './instance.ts';
import { problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

export function addAudioDescriptionRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/audio.sdp',
    config: { purpose: 'anything' },
    schema: {
      operationId: 'getAudioDescription',
      tags: ['listening'],
      summary: 'A plain listener’s streams as SDP',
      description:
        'For a listener whose `client_config` asked for `"layout":"plain"` and whose port is known: one medium for each channel, in the order of the mapping.',
      querystring: z.object({ client_id: clientId }),
      response: {
        200: {
          description: 'A session description.',
          content: { 'application/sdp': { schema: z.string() } },
        },
        ...problemResponses('invalid_input', 'not_found', 'listener_not_found', 'not_plain'),
      },
    },
    handler: ({ query }, reply) => {
      reply.type('application/sdp');
      return soundOf(services).description(query.client_id);
    },
  });
}
