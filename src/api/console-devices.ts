// /api/v1/console/devices and import: what could be captured, and what the mixing console calls it.

import { consoleImport, deviceList, importRequest } from '#contract/console.ts';
import type { ApiInstance } from './instance.ts';
import { BODY, CHANGING, needsSecret, problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

const CONSOLE = '/api/v1/console';

export function addConsoleDeviceRoutes(app: ApiInstance, services: ApiServices): void {
  addDevices(app, services);
  addImport(app, services);
}

function addDevices(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: `${CONSOLE}/devices`,
    config: { purpose: 'changing' },
    schema: {
      operationId: 'listConsoleDevices',
      tags: ['console'],
      summary: 'What can be captured from',
      description:
        'Sound cards of this machine; `is_console` marks the console’s. The test console needs none: `tones:` and `test:`.',
      ...needsSecret,
      response: {
        200: {
          description: 'For `device` of the settings.',
          content: { 'application/json': { schema: deviceList } },
        },
        ...problemResponses(...CHANGING, 'not_found', 'unavailable'),
      },
    },
    handler: async () => ({ devices: await soundOf(services).devices() }),
  });
}

function addImport(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'POST',
    url: `${CONSOLE}/import`,
    schema: {
      operationId: 'importFromConsole',
      tags: ['console'],
      summary: 'Read names, colours and routing from the console',
      description:
        'Asks the mixing console over the network (OSC, UDP 10023) and only reads. Nothing is kept: look at it, then send it as channels. `findings` says what is set on the console so that it will not work well.',
      ...needsSecret,
      body: importRequest,
      response: {
        200: {
          description: 'What the console says.',
          content: { 'application/json': { schema: consoleImport } },
        },
        ...problemResponses(...BODY, ...CHANGING, 'not_found', 'console_unreachable'),
      },
    },
    handler: ({ body }) => soundOf(services).importFrom(body.address),
  });
}
