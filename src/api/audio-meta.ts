// GET /audio-meta: what can be heard, and what one listener gets (PRODUCT 2.6).

import { z } from 'zod';
import { audioMeta, clientId } from '#contract/audio-meta.ts';
import type { ApiInstance } from './instance.ts';
import { problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

export function addAudioMetaRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/audio-meta',
    config: { purpose: 'anything' },
    schema: {
      operationId: 'getAudioMeta',
      tags: ['listening'],
      summary: 'What can be heard, and in which RTP streams',
      description:
        'Sample rate, codec, packet time and channels, the state of the server and of the network. With `client_id` the streams are those of that listener; without it, what a listener gets that asks for nothing.',
      querystring: z.object({ client_id: clientId.optional() }),
      response: {
        200: {
          description: 'As it is now; `config_changed` says when to ask again.',
          content: { 'application/json': { schema: audioMeta } },
        },
        ...problemResponses('invalid_input', 'not_found', 'listener_not_found'),
      },
    },
    handler: ({ query }) => soundOf(services).meta(query.client_id),
  });
}
