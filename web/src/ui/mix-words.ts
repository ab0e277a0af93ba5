// What the page for phones says about the console's sound, from what the server says of it.

import type { AudioMeta } from '#contract/audio-meta.ts';
import { formatHertz } from './format.ts';
import type { Words } from './words.ts';

interface MixFact {
  readonly label: string;
  readonly value: string;
}

/** What listeners get that ask for nothing, and how many they are. */
export function listMixFacts(meta: AudioMeta, words: Words['console']): readonly MixFact[] {
  const { format, listeners, sections } = words;
  const { codec, sample_rate, packet_time_ms, server } = meta;
  return [
    { label: format.codec, value: format.codecs[codec] },
    { label: format.rate, value: formatHertz(sample_rate) },
    { label: format.packetTime, value: `${packet_time_ms} ms` },
    {
      label: sections.listeners,
      value: listeners.count(server.listeners, server.max_listeners),
    },
  ];
}

/** Starts the native listener, in the project's folder. `origin`: `http://10.0.0.5:8080`. */
export function listenCommand(origin: string): string {
  return `npm run listen -- --server ${origin}`;
}
