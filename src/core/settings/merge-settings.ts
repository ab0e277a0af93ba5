// A stream's settings with some changes: null means the default again, what is absent stays.

import { type StreamSettings, streamSettingsDefaults } from '#contract/stream-settings.ts';
import { parseCameraAddress } from '#media/rtsp/address.ts';
import { InputError } from '#std/errors.ts';
import { CAMERA_KEYS, type GivenSettings, isCamera, readSettings } from './read-settings.ts';
import { showAddress } from './shown-settings.ts';

export type SettingsChanges = {
  readonly [Key in keyof StreamSettings]?: StreamSettings[Key] | null | undefined;
};

/** Without current settings, of a new stream: then `source` must be among the changes. */
export function mergeSettings(
  current: StreamSettings | undefined,
  changes: SettingsChanges,
): GivenSettings {
  const isElsewhere = current && changesHost(current, changes);
  const kept = current && isElsewhere ? withoutCredentials(current) : current;
  const merged: Record<string, unknown> = { ...kept };
  for (const [key, value] of Object.entries(changes)) {
    if (value !== undefined) merged[key] = value ?? defaultOf(key);
  }
  for (const key of ['source', 'sub'] as const) {
    const known = current?.[key];
    // Who sends back what was shown does not mean the dots in it.
    if (known && merged[key] === showAddress(known)) merged[key] = known;
  }
  const { source } = merged;
  if (typeof source !== 'string') {
    throw new InputError('"source" is missing. Send the address of the camera, or "publish:".');
  }
  // What was the camera's goes with the camera.
  const left = isCamera(source) ? [] : CAMERA_KEYS.filter((key) => !(key in changes));
  for (const key of left) merged[key] = null;
  return { ...merged, source };
}

function defaultOf(key: string): unknown {
  return Reflect.get(streamSettingsDefaults, key);
}

/**
 * A password goes to no other host than the one it was given for: whoever may change settings must not
 * get to know it. Credentials in a new address take the place of all that were there.
 */
function changesHost(current: StreamSettings, changes: SettingsChanges): boolean {
  return (['source', 'sub'] as const).some((key) => {
    const address = changes[key];
    if (!address || !isCamera(address) || address === showAddress(current[key] ?? '')) return false;
    const { username, password } = readSettings({ source: address }).settings;
    return username !== null || password !== null || !hostsOf(current).has(hostOf(address));
  });
}

function hostsOf({ source, sub }: StreamSettings): ReadonlySet<string> {
  return new Set([source, sub ?? ''].filter(isCamera).map(hostOf));
}

/**
 * Host and port, by the same reading as when it is opened: two readings of `rtsp://a?b@c/` would name
 * two hosts. Nonsense is its own host, and refused when the address is read.
 */
function hostOf(address: string): string {
  try {
    const { host, port } = parseCameraAddress(address);
    return `${host} ${port}`;
  } catch (error) {
    if (error instanceof InputError) return address;
    throw error;
  }
}

function withoutCredentials(settings: StreamSettings): StreamSettings {
  return { ...settings, username: null, password: null };
}
