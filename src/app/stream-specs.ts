// From what people set about a stream to what the rules need: its sources, ready to be opened.

import type { Log } from '#core/ports/log.ts';
import type { Source } from '#core/ports/source.ts';
import { showAddress, showSettings } from '#core/settings/shown-settings.ts';
import type { ConfiguredStream } from '#core/settings/stream-registry.ts';
import type { ProfileName, ProfileSpec } from '#core/streams/profile.ts';
import type { PublishPoints } from '#core/streams/publish-points.ts';
import type { StreamSpec } from '#core/streams/stream.ts';
import type { Clock } from '#std/clock.ts';
import { createRtspSource } from '../adapters/rtsp/rtsp-source.ts';
import type { Clip } from '../adapters/test-source/clip.ts';
import { createTestSource } from '../adapters/test-source/test-source.ts';

export interface SpecParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly clip: Clip;
  readonly points: PublishPoints;
  /** Whether a camera may have this IP address. */
  readonly allowedAddress: (ip: string) => boolean;
}

export function createStreamSpec(stream: ConfiguredStream, parts: SpecParts): StreamSpec {
  const { id, settings, origin } = stream;
  return {
    id,
    name: settings.name ?? id,
    origin,
    settings: showSettings(settings),
    enabled: settings.enabled,
    transcode: settings.transcode,
    profiles: createProfiles(stream, parts),
  };
}

function createProfiles(stream: ConfiguredStream, parts: SpecParts): ProfileSpec[] {
  const { source, sub, open } = stream.settings;
  const main = createProfile('main', source, { stream, parts, open });
  // Opened when a viewer is better served by it: cameras allow few connections.
  return sub === null
    ? [main]
    : [main, createProfile('sub', sub, { stream, parts, open: 'demand' })];
}

function createProfile(
  name: ProfileName,
  address: string,
  rest: { stream: ConfiguredStream; parts: SpecParts; open: 'always' | 'demand' },
): ProfileSpec {
  const { stream, parts, open } = rest;
  const { id, settings } = stream;
  const common = {
    name,
    open,
    lingerMs: settings.linger * 1000,
    timeoutMs: settings.timeout * 1000,
  };
  if (address === 'test:') {
    const createSource = () => createTestSource({ clock: parts.clock, clip: parts.clip });
    return { ...common, address, key: address, gated: false, createSource };
  }
  if (address === 'publish:') return { ...common, ...publishedBy(id, parts) };
  const { username, password, transport, timeout, fingerprint } = settings;
  const key = JSON.stringify([address, username, password, transport, timeout, fingerprint]);
  const createSource = () => createCamera(stream, { name, address }, parts);
  return { ...common, address: showAddress(address), key, gated: true, createSource };
}

function publishedBy(id: string, { points }: SpecParts) {
  const point = points.pointFor(id);
  return {
    address: 'publish:',
    key: 'publish:',
    gated: false,
    waitsFor: () => point.reason,
    createSource: () => point.createSource(),
  };
}

function createCamera(
  { id, settings }: ConfiguredStream,
  { name, address }: { name: ProfileName; address: string },
  { clock, log, allowedAddress }: SpecParts,
): Source {
  const { username, password, transport, fingerprint } = settings;
  return createRtspSource({
    clock,
    log: log.with({ stream: id, profile: name }),
    name: id,
    settings: {
      address,
      username,
      password,
      transport,
      fingerprint,
      timeoutMs: settings.timeout * 1000,
    },
    allowedAddress,
  });
}
