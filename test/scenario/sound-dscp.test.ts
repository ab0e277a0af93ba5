// How urgent the sound is, as it is marked on the wire: by default, and after the admin has changed it.

import { expect, onTestFinished, test } from 'vitest';
import { ADMIN_YAML, ConsoleAdmin } from '../support/console-admin.ts';
import { ServerProcess } from '../support/server-process.ts';
import { SoundListener } from '../support/sound-listener.ts';
import { until } from '../support/until.ts';
import { startCapture } from '../support/wire-capture.ts';

/** The six upper bits of the byte that was the type of service (RFC 2474 §3). */
const EXPEDITED_FORWARDING = '0xb8';
const CLASS_SELECTOR_6 = '0xc0';
const CS6 = 48;

test('sound goes out as EF, and as CS6 once the admin says so, to whoever listens already', async () => {
  const server = await ServerProcess.start({ console: 'device: "test:"', yaml: ADMIN_YAML });
  onTestFinished(() => server.dispose());
  const listener = await SoundListener.open(server.url);
  onTestFinished(() => listener.close());
  const { udpPort } = listener;
  const filter = `udp dst port ${udpPort}`;
  const capture = await startCapture({
    filter,
    rtpPorts: `${udpPort}`,
    fields: ['ip.dsfield', 'rtp.seq'],
  });
  onTestFinished(() => capture.stop());
  const marks = () => capture.packets().map((packet) => packet['ip.dsfield']);
  await until(() => marks().length > 100, { what: 'packets' });
  expect(new Set(marks())).toEqual(new Set([EXPEDITED_FORWARDING]));
  await new ConsoleAdmin(server).change({ dscp: CS6 });
  await until(() => marks().at(-1) === CLASS_SELECTOR_6, { what: 'the other mark' });
  // From one packet on, for good.
  const turned = marks();
  expect(turned.lastIndexOf(EXPEDITED_FORWARDING)).toBeLessThan(turned.indexOf(CLASS_SELECTOR_6));
  expect(listener.events).toEqual([]);
});
