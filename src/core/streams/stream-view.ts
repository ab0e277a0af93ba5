// A stream as the API shows it.

import type { ProfileView, StreamView } from '#contract/streams.ts';
import type { Conversions } from './conversions.ts';
import { describeTrack } from './fitting.ts';
import type { Profile } from './profile.ts';
import type { Stream } from './stream.ts';
import { viewTrack } from './track-view.ts';
import { warningsOf } from './warnings.ts';

export function viewStream(stream: Stream, viewers: number): StreamView {
  const { id, name, origin, settings, profiles } = stream.spec;
  const { main } = stream;
  return {
    id,
    name,
    origin,
    settings,
    source: profiles[0]?.address ?? '',
    state: main?.state ?? 'disabled',
    reason: main?.reason ?? null,
    stateSince: new Date(main?.stateSinceMs ?? stream.sinceMs).toISOString(),
    tracks: stream.tracks.map(viewTrack),
    profiles: stream.profiles.map(viewProfile),
    conversions: viewConversions(stream.conversions),
    viewers,
  };
}

function viewProfile(profile: Profile): ProfileView {
  const { name, spec, state, reason, stateSinceMs, failures, nextAttemptAtMs } = profile;
  return {
    name,
    source: spec.address,
    state,
    reason: reason ?? null,
    stateSince: new Date(stateSinceMs).toISOString(),
    failures,
    nextAttemptAt: nextAttemptAtMs === undefined ? null : new Date(nextAttemptAtMs).toISOString(),
    tracks: profile.tracks.map(viewTrack),
    ignored: [...profile.ignored],
    warnings: warningsOf(profile),
  };
}

function viewConversions({ all }: Conversions): StreamView['conversions'] {
  return all.map(({ from, to, state, reason, users, cpuSeconds }) => ({
    from: describeTrack(from),
    to,
    state,
    reason: reason ?? null,
    users,
    cpuSeconds: cpuSeconds ?? null,
  }));
}
