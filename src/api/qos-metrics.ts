// POST /qos-metrics: how well sound arrives, as the listeners measure it (PRODUCT 2.6).

import { qosAnswer, qosReport } from '#contract/audio-meta.ts';
import { plainAddress } from '#core/console/plain-address.ts';
import type { ApiInstance } from './instance.ts';
import { MAX_REPORT_BYTES } from './limits.ts';
import { BODY, problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

export function addQosMetricsRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'POST',
    url: '/qos-metrics',
    config: { purpose: 'listening' },
    bodyLimit: MAX_REPORT_BYTES,
    schema: {
      operationId: 'reportQosMetrics',
      tags: ['listening'],
      summary: 'Report how well sound arrives',
      description:
        'Each 5 s, of the time since the last report. A report for an unknown listener, or from another address than its WebSocket’s, is answered and changes nothing.',
      body: qosReport,
      response: {
        200: {
          description: 'How the server is doing.',
          content: { 'application/json': { schema: qosAnswer } },
        },
        ...problemResponses(...BODY, 'cross_site', 'not_found'),
      },
    },
    handler: ({ body, ip }) => ({
      status: 'ok' as const,
      server_metrics: soundOf(services).report(body, plainAddress(ip)),
    }),
  });
}
