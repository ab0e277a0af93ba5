// Announces a server as m32-server.local, and has a neighbour with Avahi look for it: when it is
// alone, after its goodbye, and when the neighbour has the name.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { Announcement } from '../../../src/adapters/mdns/announcement.ts';
import { systemClock } from '../../../src/app/system-clock.ts';
import { SilentLog } from '../silent-log.ts';
import { until } from '../until.ts';
import { openFarEnd, openLoopback } from './network.ts';

export interface AnnouncedReport {
  readonly address: string;
  readonly address6: string;
  readonly http: string;
  readonly yeoul: string;
  readonly httpAfterGoodbye: string;
  readonly addressAfterGoodbye: string;
  readonly takenAddress: string;
  readonly nextAddress: string;
  /** Messages and names, the second time. */
  readonly log: readonly string[];
}

openLoopback();
const far = await openFarEnd();
execFileSync('ip', ['address', 'add', 'fd77::1/64', 'dev', 'near0', 'nodad']);
const neighbour = far.fork(new URL('./avahi-neighbour.ts', import.meta.url).pathname, []);
await once(neighbour, 'message');

async function ask(...words: string[]): Promise<string> {
  neighbour.send(words);
  const [output] = await once(neighbour, 'message');
  return output;
}

const resolve = (name: string) => ask('avahi-resolve', '-4', '-n', name);
const browse = (type: string) => ask('avahi-browse', '-rpt', type);
const log = new SilentLog();
const clock = systemClock;
const isSaid = (message: string) => log.lines.some((line) => line.message === message);

async function announce(): Promise<Announcement> {
  log.lines.splice(0);
  const announcement = new Announcement({ name: 'm32-server', port: 8080, clock, log });
  await until(() => isSaid('Announced by mDNS'), { what: 'the announcement', withinMs: 20_000 });
  return announcement;
}

const first = await announce();
const address = await resolve('m32-server.local');
const address6 = await ask('avahi-resolve', '-6', '-n', 'm32-server.local');
const http = await browse('_http._tcp');
const yeoul = await browse('_yeoul._tcp');
await first.close();
// A goodbye counts after a second (RFC 6762 §10.1).
await until(async () => (await browse('_http._tcp')) === '', { what: 'the goodbye' });
const httpAfterGoodbye = await browse('_http._tcp');
const addressAfterGoodbye = await resolve('m32-server.local');

await ask('avahi-set-host-name', 'm32-server');
// It probes first, like us.
const isNeighbours = async () => (await resolve('m32-server.local')).includes('\t10.77.0.2');
await until(isNeighbours, { what: 'the neighbour to have the name', withinMs: 20_000 });
const second = await announce();
const takenAddress = await resolve('m32-server.local');
const nextAddress = await resolve('m32-server-2.local');
await second.close();

const report: AnnouncedReport = {
  address,
  address6,
  http,
  yeoul,
  httpAfterGoodbye,
  addressAfterGoodbye,
  takenAddress,
  nextAddress,
  log: log.lines.map(({ message, fields }) => `${message}: ${fields['name']}`),
};
neighbour.disconnect();
far.close();
process.send?.(report, undefined, undefined, () => process.exit(0));
