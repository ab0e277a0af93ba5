// All streams as the `streams` section of a configuration file, without their secrets.

import { stringify } from 'yaml';
import { streamSettingsDefaults } from '#contract/stream-settings.ts';
import { showSettings } from '#core/settings/shown-settings.ts';
import type { ConfiguredStream } from '#core/settings/stream-registry.ts';

export function formatStreams(streams: readonly ConfiguredStream[]): string {
  if (streams.length === 0) return 'streams: {}\n';
  return `streams:\n${streams.map(formatStream).join('')}`;
}

function formatStream({ id, settings }: ConfiguredStream): string {
  const { hasPassword, ...shown } = showSettings(settings);
  const { source, ...optional } = shown;
  const changed = Object.entries(optional).filter(
    ([key, value]) => value !== Reflect.get(streamSettingsDefaults, key),
  );
  const lines = stringify({ [id]: { source, ...Object.fromEntries(changed) } }, { lineWidth: 0 });
  const notes = [
    ...(hasPassword ? ['password: it is set, and left out here.'] : []),
    ...(['source', 'sub'] as const)
      .filter((key) => shown[key] !== settings[key])
      .map((key) => `${key}: what stands for "…" is left out here.`),
  ];
  return indent(lines) + notes.map((note) => `    # ${note}\n`).join('');
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
