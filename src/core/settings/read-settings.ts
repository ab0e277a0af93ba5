// One stream's settings made complete: defaults put in, user name and password taken out of the
// addresses, so that addresses can be shown, and what contradicts itself found.

import {
  type StreamSettings,
  streamSettings,
  streamSettingsDefaults,
} from '#contract/stream-settings.ts';
import { parseCameraAddress } from '#media/rtsp/address.ts';
import { InputError } from '#std/errors.ts';

type SettingKey = keyof StreamSettings;

/** What somebody wrote; the rest is default. */
export type GivenSettings = Pick<StreamSettings, 'source'> & {
  readonly [Key in SettingKey]?: StreamSettings[Key] | undefined;
};

interface SettingsProblem {
  readonly key: SettingKey;
  /** Goes on after the key's name; never a secret. */
  readonly message: string;
}

interface SettingsReading {
  readonly settings: StreamSettings;
  readonly problems: readonly SettingsProblem[];
}

export function readSettings(given: GivenSettings): SettingsReading {
  const problems: SettingsProblem[] = [];
  let settings = fillIn(given);
  for (const key of ['source', 'sub'] as const) {
    const result = takeCredentials(settings, key);
    if ('settings' in result) settings = result.settings;
    else problems.push({ key, message: result.problem });
  }
  return { settings, problems: problems.length > 0 ? problems : findContradictions(settings) };
}

/** What has no meaning without a camera. */
export const CAMERA_KEYS = ['sub', 'username', 'password', 'fingerprint'] as const;

export function isCamera(source: string): boolean {
  return /^rtsps?:/i.test(source);
}

function fillIn(given: GivenSettings): StreamSettings {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...streamSettingsDefaults,
    ...(Object.fromEntries(set) as typeof given),
  } as StreamSettings;
}

type Taken = { readonly settings: StreamSettings } | { readonly problem: string };

/** Main and sub are one camera, so they share one user name and one password. */
function takeCredentials(settings: StreamSettings, key: 'source' | 'sub'): Taken {
  const address = settings[key];
  if (address === null || !isCamera(address)) return { settings };
  const found = parseAddress(address, settings.transport === 'http');
  if (!found) return { problem: 'has a host or a port that makes no sense' };
  const username = merge(settings.username, found.username);
  const password = merge(settings.password, found.password);
  if (username === undefined || password === undefined) {
    return { problem: 'has another user name or password than the rest. Leave one of them out' };
  }
  if (!isCredential(username) || !isCredential(password)) {
    return { problem: 'has a user name or a password that is too long or has line breaks' };
  }
  return { settings: { ...settings, [key]: found.uri, username, password } };
}

function parseAddress(address: string, isTunnel: boolean) {
  try {
    return parseCameraAddress(address, { isTunnel });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Undefined: both are there and differ. */
function merge(set: string | null, inAddress: string | undefined): string | null | undefined {
  if (!inAddress) return set;
  return set === null || set === inAddress ? inAddress : undefined;
}

function isCredential(text: string | null): boolean {
  return streamSettings.shape.username.safeParse(text).success;
}

function findContradictions(settings: StreamSettings): SettingsProblem[] {
  const { source, sub, username, password, fingerprint, open } = settings;
  const problems: SettingsProblem[] = [];
  const refuse = (key: SettingKey, message: string) => problems.push({ key, message });
  if (!isCamera(source)) {
    for (const key of CAMERA_KEYS) {
      if (settings[key] !== null) refuse(key, `is for cameras, and source is "${source}"`);
    }
    if (source === 'publish:' && open === 'demand') {
      refuse('open', 'must be "always" with "publish:": publishers come by themselves');
    }
    return problems;
  }
  if (password !== null && username === null) refuse('password', 'needs username beside it');
  if (sub === source) refuse('sub', 'must be another address than source');
  if (fingerprint !== null && ![source, sub].some((each) => /^rtsps:/i.test(each ?? ''))) {
    refuse('fingerprint', 'is for rtsps:// addresses, and there is none');
  }
  return problems;
}
