// The console's sound put together with the world it needs: card, engine, mixing console, network.

import { networkInterfaces } from 'node:os';
import { Console } from '#core/console/console.ts';
import { importFromConsole } from '#core/console/console-import.ts';
import type { ConsoleStore } from '#core/ports/console-store.ts';
import { findConsole, listCaptureDevices } from '../adapters/alsa/devices.ts';
import { askConsole } from '../adapters/osc/osc-queries.ts';
import type { SoundService } from '../api/sound-service.ts';
import { createListening, type Listening } from '../signalling/listening/listening.ts';
import { addressesOf } from './addresses.ts';
import type { Closers } from './closers.ts';
import type { CoreOptions } from './core.ts';
import { createJoinCodes } from './join-codes.ts';
import { createProcessUsage } from './process-usage.ts';
import { newWord, randomWord } from './random.ts';
import { openSoundThread } from './sound-thread/sound-thread.ts';
import { version } from './version.ts';

/** A listener that reconnects has two sockets for a moment, and those beyond are told why. */
const SOCKETS_PER_LISTENER = 4;

export interface Sound {
  readonly console: Console;
  readonly service: SoundService;
  readonly listening: Listening;
}

/** Undefined where the console is switched off. */
export async function openSound(
  options: CoreOptions,
  store: ConsoleStore,
  closers: Closers,
): Promise<Sound | undefined> {
  const { config, log, clock } = options;
  const { enabled, device, maxListeners, arecord } = config.console;
  if (!enabled) return undefined;
  const console = new Console({
    clock,
    log,
    store,
    maxListeners,
    device,
    findCard: () => findConsole({ arecord }),
    newId: newWord,
    randomWord,
    version,
    usage: createProcessUsage(clock),
  });
  const engine = await openSoundThread({
    config: config.console,
    log,
    clock,
    events: console.events,
  });
  closers.add(() => engine.close());
  // Before the engine: who listens is told first.
  closers.add(() => console.close());
  console.start(engine);
  log.info('Console', { rtpPort: engine.port, device: device ?? 'as the admin says' });
  const maxSockets = SOCKETS_PER_LISTENER * maxListeners;
  const listening = createListening({ clock, log, listeners: console, maxSockets });
  return { console, service: createService(console, options), listening };
}

function createService(console: Console, { config, clock }: CoreOptions): SoundService {
  const { arecord } = config.console;
  return {
    meta: (clientId) => console.meta(clientId),
    requestAudio: (request) => console.requestAudio(request),
    description: (clientId) => console.description(clientId),
    jitterThresholds: () => console.jitterThresholds(),
    setJitterThresholds: (thresholds) => console.setJitterThresholds(thresholds),
    report: (report, address) => console.report(report, address),
    console: () => console.console(),
    changeSettings: (changes) => console.changeSettings(changes),
    changeChannels: (channels) => console.changeChannels(channels),
    listeners: () => console.listeners(),
    listener: (id) => console.listener(id),
    kick: (id) => console.kick(id),
    sendMessage: (message, id) => console.sendMessage(message, id),
    devices: () => listCaptureDevices({ arecord }),
    importFrom: (address) =>
      importFromConsole(address, (addresses) => askConsole({ console: address, clock }, addresses)),
    joinCodes: () => createJoinCodes(phoneAddresses(config)),
  };
}

/** Not every phone finds the `.local` name, so it comes last. */
function phoneAddresses({ server, console }: CoreOptions['config']): string[] {
  const { host, httpPort: port } = server;
  const addresses = addressesOf(host, port, networkInterfaces());
  const { mdnsName } = console;
  return mdnsName === null ? addresses : [...addresses, `http://${mdnsName}.local:${port}`];
}
