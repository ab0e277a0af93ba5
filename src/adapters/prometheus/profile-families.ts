// The metrics of profiles, how they stand and when they are tried again, and of conversions.

import { type ProfileView, type StreamView, streamState } from '#contract/streams.ts';
import type { Family, Sample } from './text-format.ts';

type Read = (profile: ProfileView) => number | null;

export function profileFamilies(streams: readonly StreamView[]): Family[] {
  const gauge = (name: string, help: string, read: Read): Family => ({
    name: `yeoul_profile_${name}`,
    type: 'gauge',
    help,
    samples: streams.flatMap((stream) => sampleProfiles(stream, read)),
  });
  return [
    gauge(
      'state',
      `Which state it is in, by its place in: ${streamState.options.join(', ')}.`,
      (it) => streamState.options.indexOf(it.state),
    ),
    gauge('failures', 'Failures in a row.', ({ failures }) => failures),
    gauge('next_attempt_timestamp_seconds', 'When it is tried again, in Unix time.', (it) =>
      it.nextAttemptAt === null ? null : Date.parse(it.nextAttemptAt) / 1000,
    ),
    gauge('warnings', 'What viewers of it will notice.', ({ warnings }) => warnings.length),
    ...conversionFamilies(streams),
  ];
}

function sampleProfiles({ id, profiles }: StreamView, read: Read): Sample[] {
  return profiles.flatMap((profile) => {
    const value = read(profile);
    return value === null ? [] : [{ labels: { stream: id, profile: profile.name }, value }];
  });
}

function conversionFamilies(streams: readonly StreamView[]): Family[] {
  const conversions = streams.flatMap(({ id, conversions: all }) =>
    all.map((conversion) => ({
      labels: { stream: id, from: codecOf(conversion.from), to: conversion.to },
      conversion,
    })),
  );
  return [
    {
      name: 'yeoul_conversion_users',
      type: 'gauge',
      help: 'Viewers that a conversion runs for.',
      samples: conversions.map(({ labels, conversion }) => ({ labels, value: conversion.users })),
    },
    {
      name: 'yeoul_conversion_cpu_seconds',
      type: 'gauge',
      help: 'Processor time that the running conversion has used.',
      samples: conversions.flatMap(({ labels, conversion: { cpuSeconds } }) =>
        cpuSeconds === null ? [] : [{ labels, value: cpuSeconds }],
      ),
    },
  ];
}

/** The words go on with profile and size, which would make a new series of each. */
function codecOf(words: string): string {
  return words.split(' ', 1)[0] ?? words;
}
