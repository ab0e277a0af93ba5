// GET /api/v1/health: is the server alive, and which part of it is not well.

import { healthView } from '#contract/health.ts';
import { mayRead } from './guard.ts';
import type { ApiInstance } from './instance.ts';
import { problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

export function addHealthRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/health',
    config: { purpose: 'anything' },
    schema: {
      operationId: 'getHealth',
      tags: ['server'],
      summary: 'Is the server alive, and how are its parts?',
      description:
        'An answer means that the server is alive. `status` says whether every part works; a camera that is away makes it `degraded`, which is no reason to restart the server. Where reading needs the admin secret, `parts` is empty without it.',
      response: {
        200: {
          description: 'The state of the server and of each part.',
          content: { 'application/json': { schema: healthView } },
        },
        ...problemResponses('too_many_attempts'),
      },
    },
    handler: (request, reply) => {
      const health = services.health();
      return mayRead(services, request, reply) ? health : { ...health, parts: [] };
    },
  });
}
