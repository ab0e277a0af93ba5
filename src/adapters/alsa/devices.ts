// Which sound cards can be captured from, and which of them is the console's.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureDevice } from '#contract/console.ts';

/** ALSA knows at most 32 cards; each may have several devices. */
const MAX_DEVICES = 64;
/** Names come from the cards themselves. */
const MAX_NAME_CHARACTERS = 80;
/** A driver that hangs must not keep the admin waiting. */
const LIST_TIMEOUT_MS = 5_000;
/** The M32 and X32's cards; their names differ from firmware to firmware. */
const CONSOLE_NAME = /X-?USB|X-?LIVE|DN32|M32|X32/i;
/** Music Tribe's (Behringer, Midas), by /proc/asound/cardN/usbid. UMC are their sound cards for the desk. */
const CONSOLE_USB_ID = /^1397:/;
const NO_CONSOLE = /UMC/i;

interface DeviceOptions {
  /** A name to be found in `PATH`, or a path. */
  readonly arecord: string;
  /** Where the kernel says which cards there are. */
  readonly procPath?: string;
}

interface ListedDevice extends CaptureDevice {
  readonly card: number;
}

/** None if there is no arecord. */
export async function listCaptureDevices(options: DeviceOptions): Promise<CaptureDevice[]> {
  const listed = parseDeviceList(await runList(options.arecord));
  const procPath = options.procPath ?? '/proc/asound';
  return Promise.all(
    listed.map(async ({ card, device, name, is_console }) => {
      const usbId = await readUsbId(join(procPath, `card${card}`, 'usbid'));
      const isByVendor = CONSOLE_USB_ID.test(usbId) && !NO_CONSOLE.test(name);
      return { device, name, is_console: is_console || isByVendor };
    }),
  );
}

/** What `auto` stands for; null if no console is connected. */
export async function findConsole(options: DeviceOptions): Promise<string | null> {
  const devices = await listCaptureDevices(options);
  return devices.find(({ is_console }) => is_console)?.device ?? null;
}

/** Lines like `card 1: XUSB [X-USB], device 0: USB Audio [USB Audio]`. */
export function parseDeviceList(text: string): ListedDevice[] {
  const line =
    /^card (\d{1,2}): ([A-Za-z0-9_]{1,32}) \[(.*?)\], device (\d{1,3}): (.*?)(?: \[|$)/gm;
  return Array.from(text.matchAll(line).take(MAX_DEVICES), (match) => {
    const [, card = '', id = '', cardName = '', device = '', deviceName = ''] = match;
    return {
      card: Number(card),
      device: Number(device) === 0 ? `hw:${id}` : `hw:${id},${Number(device)}`,
      name: printable(`${cardName}, ${deviceName}`),
      is_console: CONSOLE_NAME.test(`${id} ${cardName}`),
    };
  });
}

function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?').slice(0, MAX_NAME_CHARACTERS);
}

function runList(arecord: string): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(arecord, ['-l'], { env, timeout: LIST_TIMEOUT_MS }, (_, stdout) => resolve(stdout));
  });
}

async function readUsbId(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
