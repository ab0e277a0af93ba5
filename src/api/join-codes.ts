// /api/v1/console/join-codes: what musicians scan to open the mix on their phones.

import { joinCodeList } from '#contract/console.ts';
import type { ApiInstance } from './instance.ts';
import { CHANGING, needsSecret, problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

export function addJoinCodeRoutes(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/console/join-codes',
    config: { purpose: 'changing' },
    schema: {
      operationId: 'listJoinCodes',
      tags: ['console'],
      summary: 'QR codes that lead phones to the mix',
      description:
        'One for each address of the server that others can reach, as SVG. Addresses come before the `.local` name, which not every phone finds.',
      ...needsSecret,
      response: {
        200: {
          description: 'None where the server listens on this machine only.',
          content: { 'application/json': { schema: joinCodeList } },
        },
        ...problemResponses(...CHANGING, 'not_found'),
      },
    },
    handler: () => ({ codes: soundOf(services).joinCodes() }),
  });
}
