// /api/v1/console: what is captured and sent, as its admin sees and sets it.

import {
  type ConsoleSettings,
  channelList,
  consoleChanges,
  consoleView,
} from '#contract/console.ts';
import type { ApiInstance } from './instance.ts';
import { BODY, CHANGING, needsSecret, problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';
import { soundOf } from './sound-service.ts';

const console = { 'application/json': { schema: consoleView } };

export function addConsoleRoutes(app: ApiInstance, services: ApiServices): void {
  addRead(app, services);
  addSettings(app, services);
  addChannels(app, services);
}

function addRead(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/console',
    config: { purpose: 'changing' },
    schema: {
      operationId: 'getConsole',
      tags: ['console'],
      summary: 'Settings, channels, capture and listeners',
      description:
        'Everything that the admin’s page shows. `WS /api/v1/console/live` sends the same when it changes, and the levels of all channels.',
      ...needsSecret,
      response: {
        200: { description: 'As it is now.', content: console },
        ...problemResponses(...CHANGING, 'not_found'),
      },
    },
    handler: () => soundOf(services).console(),
  });
}

function addSettings(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'PATCH',
    url: '/api/v1/console',
    schema: {
      operationId: 'changeConsole',
      tags: ['console'],
      summary: 'Change settings of the console',
      description:
        'Only what is sent changes, and is kept over a restart. What changes the sound ends the session: listeners are told `config_changed` and connect again. A device that the configuration file sets is changed there.',
      ...needsSecret,
      body: consoleChanges,
      response: {
        200: { description: 'Changed and kept.', content: console },
        ...problemResponses(...BODY, ...CHANGING, 'not_found', 'set_in_file', 'unavailable'),
      },
    },
    handler: ({ body }) => {
      const sound = soundOf(services);
      // JSON has no undefined: what is not there is not in the body either.
      sound.changeSettings(body as Partial<ConsoleSettings>);
      return sound.console();
    },
  });
}

function addChannels(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'PUT',
    url: '/api/v1/console/channels',
    schema: {
      operationId: 'setConsoleChannels',
      tags: ['console'],
      summary: 'Set names, colours and mapping of all channels',
      description:
        'All 32, each once. Those with `mapped` go out, in the order of the list. Another mapping ends the session as another setting does.',
      ...needsSecret,
      body: channelList,
      response: {
        200: { description: 'Changed and kept.', content: console },
        ...problemResponses(...BODY, ...CHANGING, 'not_found', 'unavailable'),
      },
    },
    handler: ({ body }) => {
      const sound = soundOf(services);
      sound.changeChannels(body.channels);
      return sound.console();
    },
  });
}
