// GET /api/v1/streams/{id}/viewers: who watches a stream, and how well it arrives.

import { z } from 'zod';
import { streamId, viewerList } from '#contract/streams.ts';
import type { ApiInstance } from './instance.ts';
import { problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

export function addViewersRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/streams/:id/viewers',
    schema: {
      operationId: 'listViewers',
      tags: ['streams'],
      summary: 'Who watches a stream',
      description:
        'Each viewer with the path its media takes, its round trip and, for each track, the codec, what was sent, lost and sent again.',
      params: z.object({ id: streamId }),
      response: {
        200: {
          description: 'The longest watching first.',
          content: { 'application/json': { schema: viewerList } },
        },
        ...problemResponses('invalid_input', 'stream_not_found'),
      },
    },
    handler: (request) => ({ viewers: services.viewers.views(request.params.id) }),
  });
}
