// GET /api/v1/streams and /api/v1/streams/{id}: what comes in, in what state.

import { z } from 'zod';
import { streamId, streamList, streamView } from '#contract/streams.ts';
import type { ApiInstance } from './instance.ts';
import { problemResponses, READING } from './problem-responses.ts';
import { RecentText } from './recent-text.ts';
import type { ApiServices } from './services.ts';

/** Every open wall asks each second or two; 500 streams are 5 ms of the thread that packets wait for. */
const MAX_LIST_AGE_MS = 100;

export function addStreamsRoutes(app: ApiInstance, services: ApiServices): void {
  const list = new RecentText(services.clock, MAX_LIST_AGE_MS, () =>
    JSON.stringify({ streams: services.streams.views() }),
  );
  app.addHook('onSend', (request, _, payload, done) => {
    if (request.method !== 'GET') list.forget();
    done(null, payload);
  });

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
    // Text goes out as it is; the schema above describes it.
    handler: (_, reply) => {
      reply.type('application/json; charset=utf-8');
      return list.read() as never;
    },
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
