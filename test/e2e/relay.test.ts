// A viewer whose network lets it talk to a relay only: it learns of the relay from us and plays.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { watchPicture } from '../support/picture-watch.ts';
import { ServerProcess } from '../support/server-process.ts';
import { TurnServer } from '../support/turn-server.ts';
import { openStream } from '../support/viewer-page.ts';

declare const window: { RTCPeerConnection: new (configuration?: object) => PeerConnection };
interface PeerConnection {
  setConfiguration(configuration: object): void;
}

let turn: TurnServer;
let server: ServerProcess;
let browser: TestBrowser;

beforeAll(async () => {
  turn = await TurnServer.start();
  server = await ServerProcess.start({ iceServers: turn.yaml });
  browser = await TestBrowser.launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
  await turn?.stop();
});

test('a viewer that may use nothing but the relay gets the picture through it', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.addInitScript(() => {
    const relayOnly = { iceTransportPolicy: 'relay' };
    window.RTCPeerConnection = class extends window.RTCPeerConnection {
      constructor(configuration: object = {}) {
        super({ ...configuration, ...relayOnly });
      }

      override setConfiguration(configuration: object): void {
        super.setConfiguration({ ...configuration, ...relayOnly });
      }
    };
  });
  await openStream(page, server.url);
  const { framesDecoded } = await watchPicture(page, 2_000);
  expect(framesDecoded).toBeGreaterThan(30);
});
