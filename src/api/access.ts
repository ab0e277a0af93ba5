// GET /api/v1/access: who may do what, and whether the caller is the admin.

import { accessView } from '#contract/access.ts';
import { isAdmin } from './guard.ts';
import type { ApiInstance } from './instance.ts';
import { problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

export function addAccessRoutes(app: ApiInstance, services: ApiServices): void {
  const { access } = services;
  app.route({
    method: 'GET',
    url: '/api/v1/access',
    config: { purpose: 'anything' },
    schema: {
      operationId: 'getAccess',
      tags: ['server'],
      summary: 'Who may do what, and am I the admin?',
      description:
        'Send `Authorization: Bearer <secret>` to find out whether a secret is the right one. Without it the answer says what is open to everybody.',
      response: {
        200: {
          description: 'What is open, and whether the secret was right.',
          content: { 'application/json': { schema: accessView } },
        },
        ...problemResponses('too_many_attempts'),
      },
    },
    handler: (request, reply) => ({
      read: access.readOpen ? ('open' as const) : ('admin' as const),
      publish: access.mayPublishOpen ? ('open' as const) : ('admin' as const),
      admin: isAdmin(services, request, reply),
    }),
  });
}
