// Streams that are made, changed, removed and tried while the server runs, and taken along as YAML.

import { z } from 'zod';
import {
  newStream,
  streamChanges,
  streamTrial,
  streamTrialResult,
} from '#contract/stream-changes.ts';
import { streamId, streamView } from '#contract/streams.ts';
import { ignoreBodies } from './ignored-bodies.ts';
import type { ApiInstance } from './instance.ts';
import { BODY, CHANGING, needsSecret, problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

const params = z.object({ id: streamId });
const stream = { 'application/json': { schema: streamView } };

export function addStreamChangeRoutes(app: ApiInstance, services: ApiServices): void {
  addCreate(app, services);
  addUpdate(app, services);
  ignoreBodies(app, (scope) => addRemove(scope, services));
  addTrial(app, services);
  addExport(app, services);
}

function addCreate(app: ApiInstance, { streams }: ApiServices): void {
  app.route({
    method: 'POST',
    url: '/api/v1/streams',
    schema: {
      operationId: 'createStream',
      tags: ['streams'],
      summary: 'Add a stream',
      description:
        'An id, the address of a camera (or `publish:`) and what is not default. It is kept, also over a restart, and opened at once. User name and password in the address are taken out of it; they and `password` are never shown again.',
      ...needsSecret,
      body: newStream,
      response: {
        201: { description: 'Added; `Location` is where it is shown.', content: stream },
        ...problemResponses(
          ...BODY,
          ...CHANGING,
          'stream_exists',
          'too_many_streams',
          'unavailable',
        ),
      },
    },
    handler: async (request, reply) => {
      const { id, ...settings } = request.body;
      await streams.create(id, settings);
      return reply.code(201).header('location', `/api/v1/streams/${id}`).send(streams.view(id));
    },
  });
}

function addUpdate(app: ApiInstance, { streams }: ApiServices): void {
  app.route({
    method: 'PATCH',
    url: '/api/v1/streams/:id',
    schema: {
      operationId: 'updateStream',
      tags: ['streams'],
      summary: 'Change settings of a stream',
      description:
        'Only what is sent changes; null means the default again. Viewers of what does not change go on. A stream of the configuration file is changed there.',
      ...needsSecret,
      params,
      body: streamChanges,
      response: {
        200: { description: 'Changed and kept.', content: stream },
        ...problemResponses(
          ...BODY,
          ...CHANGING,
          'stream_not_found',
          'stream_in_file',
          'unavailable',
        ),
      },
    },
    handler: async (request) => {
      const { id } = request.params;
      await streams.update(id, request.body);
      return streams.view(id);
    },
  });
}

function addRemove(app: ApiInstance, { streams }: ApiServices): void {
  app.route({
    method: 'DELETE',
    url: '/api/v1/streams/:id',
    schema: {
      operationId: 'removeStream',
      tags: ['streams'],
      summary: 'Remove a stream',
      description:
        'Its viewers and its publisher are ended, and its settings are forgotten. A stream of the configuration file is removed there.',
      ...needsSecret,
      params,
      response: {
        204: z.undefined().describe('Removed.'),
        ...problemResponses(
          'invalid_input',
          ...CHANGING,
          'stream_not_found',
          'stream_in_file',
          'unsupported_media_type',
          'unavailable',
        ),
      },
    },
    handler: async (request, reply) => {
      await streams.remove(request.params.id);
      return reply.code(204).send();
    },
  });
}

function addTrial(app: ApiInstance, { streams }: ApiServices): void {
  app.route({
    method: 'POST',
    url: '/api/v1/streams/try',
    schema: {
      operationId: 'tryStream',
      tags: ['streams'],
      summary: 'Try a camera without adding it',
      description:
        'Plays main and sub for up to 10 s and says what came, or in words why nothing did, and what viewers would notice. With `id`, what `settings` leaves out is that stream’s, its password too. Nothing is kept.',
      ...needsSecret,
      body: streamTrial,
      response: {
        200: {
          description: 'What was found.',
          content: { 'application/json': { schema: streamTrialResult } },
        },
        ...problemResponses(...BODY, ...CHANGING, 'stream_not_found', 'too_many_trials'),
      },
    },
    handler: async ({ body }) => ({
      profiles: [...(await streams.try(body.id, body.settings))],
    }),
  });
}

function addExport(app: ApiInstance, { streams }: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/configuration.yaml',
    config: { purpose: 'changing' },
    schema: {
      operationId: 'exportStreams',
      tags: ['streams'],
      summary: 'All streams as YAML',
      description:
        'The `streams` section of a configuration file with every stream, wherever it was made. Passwords are left out; a comment stands where one belongs.',
      ...needsSecret,
      response: {
        200: {
          description: 'Part of a yeoul.yaml.',
          content: { 'application/yaml': { schema: z.string() } },
        },
        ...problemResponses(...CHANGING),
      },
    },
    handler: async (_request, reply) => {
      reply.type('application/yaml');
      return streams.toYaml();
    },
  });
}
