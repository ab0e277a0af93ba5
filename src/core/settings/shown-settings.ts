// One stream's settings as anybody who may read them sees them: without secrets.

import type { StreamSettings } from '#contract/stream-settings.ts';
import type { ShownSettings } from '#contract/streams.ts';
import { redactCameraAddress } from '#media/rtsp/address.ts';
import { isCamera } from './read-settings.ts';

export function showSettings({ password, ...settings }: StreamSettings): ShownSettings {
  return {
    ...settings,
    source: showAddress(settings.source),
    sub: settings.sub === null ? null : showAddress(settings.sub),
    hasPassword: password !== null,
  };
}

/** Passwords may stand in a camera's path and query too. */
export function showAddress(source: string): string {
  return isCamera(source) ? redactCameraAddress(source) : source;
}
