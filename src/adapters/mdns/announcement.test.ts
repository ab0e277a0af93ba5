// The announcement as Avahi on another machine sees it, and with scripted threads: interfaces that come
// and go, names that are taken, a library that fails.

import type { NetworkInterfaceInfo } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import type { AnnouncedReport } from '../../../test/support/lab/announced-server.ts';
import { runInLab } from '../../../test/support/lab/run-in-lab.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { Announcement } from './announcement.ts';

test('Avahi resolves the name, finds the services, hears the goodbye, and keeps its own name', async () => {
  const report = await runInLab<AnnouncedReport>('announced-server.ts');
  expect(report).toMatchObject({
    address: 'm32-server.local\t10.77.0.1\n',
    address6: 'm32-server.local\tfd77::1\n',
    http: expect.stringContaining(';m32-server.local;10.77.0.1;8080;"path=/mix"'),
    yeoul: expect.stringContaining(';_yeoul._tcp;local;m32-server-yeoul.local;10.77.0.1;8080;'),
    httpAfterGoodbye: '',
    addressAfterGoodbye: '',
    takenAddress: 'm32-server.local\t10.77.0.2\n',
    nextAddress: 'm32-server-2.local\t10.77.0.1\n',
    log: ['mDNS name is taken: m32-server.local', 'Announced by mDNS: m32-server-2.local'],
  });
}, 60_000);

const opened: { announcement: Announcement; clock: VirtualClock }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ announcement }) => announcement.close()));
});

/** Says on its output what it announces, and answers with these kinds of words. */
function scripted(says: readonly string[], onClose = "post('closed')"): URL {
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    const post = (kind) => parentPort.postMessage({ kind });
    const { hostname, port, interfaces } = workerData;
    console.log(hostname, port, interfaces.join());
    parentPort.on('message', () => { ${onClose}; });
    for (const kind of ${JSON.stringify(says)}) {
      if (kind === 'fail') throw new Error('no socket');
      post(kind);
    }`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

function face(address: string, internal = false): NetworkInterfaceInfo {
  const rest = { netmask: '', mac: '', cidr: null, internal };
  return address.includes(':')
    ? { ...rest, address, family: 'IPv6', scopeid: 0 }
    : { ...rest, address, family: 'IPv4' };
}

const WIRED = { lo: [face('127.0.0.1', true)], eth0: [face('192.0.2.9')] };
const WITH_WIFI = { ...WIRED, wlan0: [face('10.0.0.1'), face('fd00::1')] };

function announce(script: URL, given: { name?: string; interfaces?: () => object } = {}) {
  const clock = new VirtualClock();
  const log = new SilentLog();
  const { name = 'm32-server', interfaces = () => WIRED } = given;
  const options = { name, port: 8080, clock, log, script };
  const announcement = new Announcement({
    ...options,
    interfaces: interfaces as () => NodeJS.Dict<NetworkInterfaceInfo[]>,
  });
  opened.push({ announcement, clock });
  const said = (message: string) =>
    log.lines.filter((line) => line.message === message).map(({ fields }) => fields);
  const lines = () => said('mDNS library').map(({ line }) => line);
  return { announcement, clock, said, lines };
}

describe('Announcement', () => {
  test('begins when there is a network, and begins anew when there is another', async () => {
    let interfaces: object = { lo: WIRED.lo };
    const { clock, lines, said } = announce(scripted(['announced']), {
      interfaces: () => interfaces,
    });
    clock.advance(5_000);
    expect(lines()).toEqual([]);
    interfaces = WITH_WIFI;
    clock.advance(5_000);
    await until(() => said('Announced by mDNS').length === 1, { what: 'the announcement' });
    expect(lines()).toEqual(['m32-server 8080 eth0,wlan0']);
    clock.advance(60_000);
    interfaces = WIRED;
    clock.advance(5_000);
    await until(() => said('Announced by mDNS').length === 2, { what: 'the next one' });
    expect(lines()).toEqual(['m32-server 8080 eth0,wlan0', 'm32-server 8080 eth0']);
    expect(said('Announced by mDNS').at(-1)).toEqual({
      name: 'm32-server.local',
      interfaces: 'eth0',
    });
    expect(said('mDNS failed: found by its addresses only')).toEqual([]);
  });

  test('leaves out networks where no phone is', async () => {
    const virtual = ['docker0', 'br-1f2e', 'veth12', 'virbr0', 'tun0', 'wg0', 'tailscale0'];
    const faces = Object.fromEntries(virtual.map((name) => [name, [face('172.17.0.1')]]));
    const interfaces = () => ({ ...faces, ...WIRED, eth1: [face('fd00::1')] });
    const { lines } = announce(scripted([]), { interfaces });
    await until(() => lines().length > 0, { what: 'the start' });
    expect(lines()).toEqual(['m32-server 8080 eth0']);
  });

  test('takes the next name as often as one is taken, up to twenty', async () => {
    const { lines, said } = announce(scripted(['taken', 'announced']));
    await until(() => said('Announced by mDNS').length > 0, { what: 'the last name' });
    expect(lines().slice(0, 3)).toEqual([
      'm32-server 8080 eth0',
      'm32-server-2 8080 eth0',
      'm32-server-3 8080 eth0',
    ]);
    expect(lines()).toHaveLength(20);
    expect(said('mDNS name is taken')[0]).toEqual({
      name: 'm32-server.local',
      next: 'm32-server-2.local',
    });
    expect(said('mDNS name is taken')).toHaveLength(19);
  });

  test('keeps a long name within a label of DNS', async () => {
    const { lines } = announce(scripted(['taken']), { name: 'a'.repeat(63) });
    await until(() => lines().length > 1, { what: 'the second name' });
    expect(lines().slice(0, 2)).toEqual([
      `${'a'.repeat(63)} 8080 eth0`,
      `${'a'.repeat(60)}-2 8080 eth0`,
    ]);
  });

  test('is a warning where it fails, and is tried again after a minute', async () => {
    const { clock, lines, said } = announce(scripted(['fail']));
    const failures = () => said('mDNS failed: found by its addresses only');
    await until(() => failures().length === 1, { what: 'the warning' });
    expect(failures()).toEqual([{ reason: 'no socket', againInMs: 60_000 }]);
    clock.advance(59_999);
    expect(lines()).toHaveLength(1);
    clock.advance(5_000);
    await until(() => failures().length === 2, { what: 'the next warning' });
  });

  test('is closed in order once, and says nothing of it', async () => {
    const { announcement, clock, lines, said } = announce(scripted(['announced']));
    await until(() => said('Announced by mDNS').length > 0, { what: 'the announcement' });
    await Promise.all([announcement.close(), announcement.close()]);
    expect(clock.pendingTimers).toBe(0);
    expect(said('mDNS failed: found by its addresses only')).toEqual([]);
    expect(lines()).toHaveLength(1);
  });

  test('is ended where the library does not end by itself', async () => {
    const { announcement, clock, said } = announce(scripted(['announced'], ''));
    await until(() => said('Announced by mDNS').length > 0, { what: 'the announcement' });
    const closing = announcement.close();
    await new Promise(setImmediate);
    clock.advance(2_000);
    await closing;
    expect(clock.pendingTimers).toBe(0);
  });

  test('closed while it begins anew, begins no more', async () => {
    let interfaces: object = WIRED;
    const { announcement, clock, lines, said } = announce(scripted(['announced']), {
      interfaces: () => interfaces,
    });
    await until(() => said('Announced by mDNS').length > 0, { what: 'the announcement' });
    interfaces = WITH_WIFI;
    clock.advance(5_000);
    await announcement.close();
    expect(lines()).toHaveLength(1);
  });
});
