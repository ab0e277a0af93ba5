// Which cards are listed, and which of them is taken for the console.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleDevice } from '#contract/console.ts';
import { findConsole, listCaptureDevices, parseDeviceList } from './devices.ts';

const LIST = `**** List of CAPTURE Hardware Devices ****
card 0: PCH [HDA Intel PCH], device 0: ALC897 Analog [ALC897 Analog]
  Subdevices: 1/1
  Subdevice #0: subdevice #0
card 0: PCH [HDA Intel PCH], device 2: ALC897 Alt Analog [ALC897 Alt Analog]
  Subdevices: 1/1
card 2: XUSB [X-USB], device 0: USB Audio [USB Audio]
  Subdevices: 1/1
`;
const card = (name: string) => `card 1: C [${name}], device 0: USB Audio [USB Audio]\n`;

let folder = '';
let cases = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'devices-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An arecord that says this, and the kernel's word on card 1. */
function standIn(list: string, usbId?: string) {
  const place = join(folder, `${cases++}`);
  mkdirSync(join(place, 'card1'), { recursive: true });
  if (usbId) writeFileSync(join(place, 'card1', 'usbid'), `${usbId}\n`);
  writeFileSync(join(place, 'list'), list);
  const arecord = join(place, 'arecord');
  writeFileSync(arecord, `#!/bin/sh\n[ "$*" = -l ] && exec cat '${join(place, 'list')}'\n`);
  chmodSync(arecord, 0o755);
  return { arecord, procPath: place };
}

describe('listCaptureDevices', () => {
  test('names each device as arecord takes it, and says which is the console', async () => {
    expect(await listCaptureDevices(standIn(LIST))).toEqual([
      { device: 'hw:PCH', name: 'HDA Intel PCH, ALC897 Analog', is_console: false },
      { device: 'hw:PCH,2', name: 'HDA Intel PCH, ALC897 Alt Analog', is_console: false },
      { device: 'hw:XUSB', name: 'X-USB, USB Audio', is_console: true },
    ]);
  });

  test.each(['X-USB', 'XUSB', 'X-LIVE', 'XLIVE', 'DN32-USB', 'M32', 'X32 Rack'])(
    'knows a console by the name %s',
    async (name) => {
      expect(await findConsole(standIn(card(name)))).toBe('hw:C');
    },
  );

  test.each([
    ['by its maker', 'Digital Mixer', '1397:00d5', 'hw:C'],
    ['but no other card of that maker', 'UMC404HD 192k', '1397:0509', null],
    ['and no other maker', 'Scarlett 18i20', '1235:8201', null],
  ])('knows a console %s', async (_, name, usbId, device) => {
    expect(await findConsole(standIn(card(name), usbId))).toBe(device);
  });

  test('is empty without arecord, and with the real one names what it could open', async () => {
    expect(await listCaptureDevices({ arecord: join(folder, 'none') })).toEqual([]);
    for (const { device } of await listCaptureDevices({ arecord: 'arecord' })) {
      expect(consoleDevice.safeParse(device).success).toBe(true);
    }
  });
});

describe('parseDeviceList', () => {
  test('shows nothing that terminals would act upon, and no more than 64 devices', () => {
    const [device] = parseDeviceList(card(`\x1b[1m${'n'.repeat(500)}`));
    expect(device?.name).toMatch(/^\?\[1mn+$/);
    expect(device?.name).toHaveLength(80);
    expect(parseDeviceList(card('X').repeat(1_000))).toHaveLength(64);
  });

  test('gives of any text only devices that the settings take', () => {
    const piece = fc.constantFrom('card ', '1', ': ', 'XUSB', ' [', '], device ', '0', ',', '\n');
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 6 }))).map((all) => all.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((each) => card(each)),
        ),
        (said) => {
          for (const { device } of parseDeviceList(said)) {
            expect(consoleDevice.safeParse(device).success).toBe(true);
          }
        },
      ),
    );
  });
});
