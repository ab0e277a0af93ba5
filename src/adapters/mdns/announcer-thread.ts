// A thread with the mDNS responder (RFC 6762, RFC 6763). Its library changes how the process prints
// stacks, writes to the console and may end what it runs in: here that is this thread alone.

import { parentPort, workerData } from 'node:worker_threads';
import { getResponder } from '@homebridge/ciao';
import type { AnnouncerData, AnnouncerReply, AnnouncerRequest } from './messages.ts';

/** RFC 1035 §2.3.4 */
const MAX_LABEL_CHARACTERS = 63;
const SUFFIX = '-yeoul';
/** The page for musicians. */
const TXT = { path: '/mix' };

const { hostname, port, interfaces }: AnnouncerData = workerData;
const responder = getResponder({ interface: [...interfaces] });

parentPort?.on('message', (_: AnnouncerRequest) => {
  void responder.shutdown().then(() => reply('closed'));
});

await announce('http', hostname);
// A host name of its own: the library takes one of two services for a conflict.
await announce('yeoul', hostname.slice(0, MAX_LABEL_CHARACTERS - SUFFIX.length) + SUFFIX);
reply('announced');

function announce(type: string, hostname: string): Promise<void> {
  const name = `Yeoul ${hostname}`;
  const service = responder.createService({ name, type, port, hostname, txt: TXT });
  // It calls itself `name-(2)` then, which is no host name (RFC 952): we choose the next one.
  service.once('name-change', () => reply('taken'));
  return service.advertise();
}

function reply(kind: AnnouncerReply['kind']): void {
  parentPort?.postMessage({ kind } satisfies AnnouncerReply);
}
