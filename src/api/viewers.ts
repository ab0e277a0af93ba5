// /api/v1/streams/{id}/viewers: who watches a stream, how well it arrives, and sending somebody away.

import { z } from 'zod';
import { streamId, viewerList } from '#contract/streams.ts';
import { ignoreBodies } from './ignored-bodies.ts';
import type { ApiInstance } from './instance.ts';
import { CHANGING, needsSecret, problemResponses, READING } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

const viewerId = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'an id has letters, digits, - and _, at most 64')
  .describe('The `id` of the list.');

export function addViewersRoutes(app: ApiInstance, services: ApiServices): void {
  addList(app, services);
  ignoreBodies(app, (scope) => addKick(scope, services));
}

function addList(app: ApiInstance, services: ApiServices): void {
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
        ...problemResponses('invalid_input', ...READING, 'stream_not_found'),
      },
    },
    handler: (request) => ({ viewers: services.viewers.views(request.params.id) }),
  });
}

function addKick(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'DELETE',
    url: '/api/v1/streams/:id/viewers/:viewerId',
    schema: {
      operationId: 'kickViewer',
      tags: ['streams'],
      summary: 'Send a viewer away',
      description:
        'Ends the viewer at once. Players may come back by themselves; to keep them out, close reading with `access.read`.',
      ...needsSecret,
      params: z.object({ id: streamId, viewerId }),
      response: {
        204: z.undefined().describe('Ended.'),
        ...problemResponses(
          'invalid_input',
          ...CHANGING,
          'stream_not_found',
          'viewer_not_found',
          'unsupported_media_type',
        ),
      },
    },
    handler: (request, reply) => {
      services.viewers.kick(request.params.id, request.params.viewerId);
      return reply.code(204).send();
    },
  });
}
