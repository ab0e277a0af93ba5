// GET /metrics: counters and gauges in Prometheus' text format.

import { z } from 'zod';
import type { ApiInstance } from './instance.ts';
import { problemResponses, READING } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

export function addMetricsRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { purpose: 'reading' },
    schema: {
      operationId: 'getMetrics',
      tags: ['server'],
      summary: 'Metrics for Prometheus',
      description:
        'The text format of Prometheus. `docs/reference/metrics.md` says what each metric means.',
      response: {
        200: {
          description: 'All metrics, as they are now.',
          content: { 'text/plain': { schema: z.string() } },
        },
        ...problemResponses(...READING),
      },
    },
    handler: async (_request, reply) => {
      const { contentType, text } = await services.metrics();
      return reply.type(contentType).send(text);
    },
  });
}
