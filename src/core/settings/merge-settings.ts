// A stream's settings with some changes: null means the default again, what is absent stays.

import { type StreamSettings, streamSettingsDefaults } from '#contract/stream-settings.ts';
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
  const kept = current && hasCredentials(changes) ? withoutCredentials(current) : current;
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

/** Those in a new address take the place of all that were there. */
function hasCredentials({ source, sub }: SettingsChanges): boolean {
  return [source, sub].some((address) => {
    if (!address || !isCamera(address)) return false;
    const { username, password } = readSettings({ source: address }).settings;
    return username !== null || password !== null;
  });
}

function withoutCredentials(settings: StreamSettings): StreamSettings {
  return { ...settings, username: null, password: null };
}
