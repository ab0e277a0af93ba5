// /api/v1/console/listeners and messages: who listens, how well, and what the admin tells them.

import { z } from 'zod';
import { clientId } from '#contract/audio-meta.ts';
import { adminMessage, listenerList, listenerView } from '#contract/console.ts';
import { ignoreBodies } from './ignored-bodies.ts';
import type { ApiInstance } from './instance.ts';
import { BODY, CHANGING, needsSecret, problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

const params = z.object({ id: clientId });

export function addListenersRoutes(app: ApiInstance, services: ApiServices): void {
  addList(app, services);
  addOne(app, services);
  ignoreBodies(app, (scope) => addKick(scope, services));
  addMessage(app, services);
}

function addList(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/console/listeners',
    config: { purpose: 'changing' },
    schema: {
      operationId: 'listListeners',
      tags: ['console'],
      summary: 'Who listens, and how well it arrives',
      description:
        'Each listener with what it gets, what was sent, and its reports of the last minutes.',
      ...needsSecret,
      response: {
        200: {
          description: 'The longest listening first.',
          content: { 'application/json': { schema: listenerList } },
        },
        ...problemResponses(...CHANGING, 'not_found'),
      },
    },
    handler: () => ({ listeners: soundOf(services).listeners() }),
  });
}

function addOne(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/console/listeners/:id',
    config: { purpose: 'changing' },
    schema: {
      operationId: 'getListener',
      tags: ['console'],
      summary: 'One listener by its id',
      description: 'The same as in the list. Its id is the `client_id` of its `hello`.',
      ...needsSecret,
      params,
      response: {
        200: {
          description: 'The listener.',
          content: { 'application/json': { schema: listenerView } },
        },
        ...problemResponses('invalid_input', ...CHANGING, 'not_found', 'listener_not_found'),
      },
    },
    handler: (request) => soundOf(services).listener(request.params.id),
  });
}

function addKick(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'DELETE',
    url: '/api/v1/console/listeners/:id',
    schema: {
      operationId: 'kickListener',
      tags: ['console'],
      summary: 'Send a listener away',
      description:
        'Its sound ends at once and its WebSocket is closed with 4403. Clients may come back by themselves.',
      ...needsSecret,
      params,
      response: {
        204: z.undefined().describe('Ended.'),
        ...problemResponses(
          'invalid_input',
          ...CHANGING,
          'not_found',
          'listener_not_found',
          'unsupported_media_type',
        ),
      },
    },
    handler: (request, reply) => {
      soundOf(services).kick(request.params.id);
      return reply.code(204).send();
    },
  });
}

function addMessage(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'POST',
    url: '/api/v1/console/messages',
    schema: {
      operationId: 'sendMessage',
      tags: ['console'],
      summary: 'Tell listeners something',
      description:
        'A text that their pages show: the event `custom_message`. To one listener, or to all.',
      ...needsSecret,
      body: adminMessage,
      response: {
        200: {
          description: 'How many were told.',
          content: { 'application/json': { schema: z.object({ listeners: z.int() }) } },
        },
        ...problemResponses(...BODY, ...CHANGING, 'not_found', 'listener_not_found'),
      },
    },
    handler: ({ body }) => ({
      listeners: soundOf(services).sendMessage(body.message, body.client_id),
    }),
  });
}
