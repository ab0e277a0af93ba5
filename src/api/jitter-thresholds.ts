// GET and POST /jitter-thresholds: from when on listeners interpolate, and drop (PRODUCT 2.6, 2.7).

import { z } from 'zod';
import { jitterThresholds } from '#contract/audio-meta.ts';
import type { ApiInstance } from './instance.ts';
import { BODY, CHANGING, needsSecret, problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

export function addJitterThresholdRoutes(app: ApiInstance, services: ApiServices): void {
  addRead(app, services);
  addChange(app, services);
}

function addRead(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/jitter-thresholds',
    config: { purpose: 'anything' },
    schema: {
      operationId: 'getJitterThresholds',
      tags: ['listening'],
      summary: 'When late packets are bridged and dropped',
      description:
        'In ms. From `interpolate` on, late or missing packets are interpolated without waiting for them; later than `drop`, they are dropped when they come.',
      response: {
        200: {
          description: 'What clients take that were given nothing else.',
          content: { 'application/json': { schema: jitterThresholds } },
        },
        ...problemResponses('not_found'),
      },
    },
    handler: () => soundOf(services).jitterThresholds(),
  });
}

function addChange(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'POST',
    url: '/jitter-thresholds',
    schema: {
      operationId: 'setJitterThresholds',
      tags: ['listening'],
      summary: 'Change when packets are bridged and dropped',
      description: 'In ms, both; `interpolate` is not above `drop`. They are kept over a restart.',
      ...needsSecret,
      body: jitterThresholds,
      response: {
        200: {
          description: 'Changed and kept.',
          content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
        },
        ...problemResponses(...BODY, ...CHANGING, 'not_found', 'unavailable'),
      },
    },
    handler: ({ body }) => {
      soundOf(services).setJitterThresholds(body);
      return { status: 'ok' as const };
    },
  });
}
