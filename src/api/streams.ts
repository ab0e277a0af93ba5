// GET /api/v1/streams and /api/v1/streams/{id}: what comes in, in what state.

import { z } from 'zod';
import { streamId, streamList, streamView } from '#contract/streams.ts';
import type { ApiInstance } from './instance.ts';
import { problemResponses, READING } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

export function addStreamsRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/streams',
    schema: {
      operationId: 'listStreams',
      tags: ['streams'],
      summary: 'All streams and their state',
      description:
        'Every configured stream with its state, its tracks and their counters. Counters only grow while the server runs; ask again and take the difference.',
      response: {
        200: {
          description: 'In the order of the configuration.',
          content: { 'application/json': { schema: streamList } },
        },
        ...problemResponses(...READING),
      },
    },
    handler: () => ({ streams: services.streams.views() }),
  });

  app.route({
    method: 'GET',
    url: '/api/v1/streams/:id',
    schema: {
      operationId: 'getStream',
      tags: ['streams'],
      summary: 'One stream by its id',
      description:
        'The same as in the list. `reason` says in words why a stream is not live and what would help.',
      params: z.object({ id: streamId }),
      response: {
        200: {
          description: 'The stream.',
          content: { 'application/json': { schema: streamView } },
        },
        ...problemResponses('invalid_input', ...READING, 'stream_not_found'),
      },
    },
    handler: (request) => services.streams.view(request.params.id),
  });
}
