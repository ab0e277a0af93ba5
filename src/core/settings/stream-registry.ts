// Which streams there are: those of the configuration file and those made in the API, as one list.
// A change is checked, kept in the store and only then applied.

import { MAX_STREAMS, type StreamSettings } from '#contract/stream-settings.ts';
import type { StreamOrigin } from '#contract/streams.ts';
import type { Log } from '#core/ports/log.ts';
import type { SettingsStore } from '#core/ports/settings-store.ts';
import { InputError, NotFoundError, StateError } from '#std/errors.ts';
import { mergeSettings, type SettingsChanges } from './merge-settings.ts';
import { type GivenSettings, readSettings } from './read-settings.ts';

export interface ConfiguredStream {
  readonly id: string;
  readonly settings: StreamSettings;
  readonly origin: StreamOrigin;
}

/** Those who run the streams. What a change does not touch goes on. */
export interface StreamApplier {
  /** Adds a stream, or gives it other settings. */
  apply(stream: ConfiguredStream): Promise<void>;
  remove(streamId: string): Promise<void>;
}

interface StreamRegistryOptions {
  /** Of the configuration file, or the built-in one. */
  readonly configured: readonly ConfiguredStream[];
  readonly store: SettingsStore;
  readonly applier: StreamApplier;
  readonly log: Log;
}

/** The built-in stream comes back with the next start unless it is known that somebody removed it. */
const BUILTIN_REMOVED = 'builtin_removed';

const BY_API: StreamOrigin = { kind: 'api', file: null, line: null };

export class StreamRegistry {
  readonly #options: StreamRegistryOptions;
  readonly #streams = new Map<string, ConfiguredStream>();

  constructor(options: StreamRegistryOptions) {
    this.#options = options;
    const { store, configured } = options;
    for (const stream of configured) {
      const isGone = stream.origin.kind === 'builtin' && store.value(BUILTIN_REMOVED) !== undefined;
      if (!isGone) this.#streams.set(stream.id, stream);
    }
    for (const stream of store.streams()) this.#addStored(stream);
  }

  /** Applies all of them. */
  async start(): Promise<void> {
    await Promise.all(this.list().map((stream) => this.#options.applier.apply(stream)));
  }

  /** Those of the file first. */
  list(): ConfiguredStream[] {
    return [...this.#streams.values()];
  }

  /** What the settings would be with these changes; of a new stream if there is no id. */
  preview(streamId: string | undefined, changes: SettingsChanges): StreamSettings {
    const current = streamId === undefined ? undefined : this.#get(streamId).settings;
    return checked(mergeSettings(current, changes), streamId);
  }

  async create(streamId: string, given: GivenSettings): Promise<void> {
    const known = this.#streams.get(streamId);
    if (known) throw exists(known);
    if (this.#streams.size >= MAX_STREAMS) {
      throw new StateError(
        `There are ${MAX_STREAMS} streams, as many as there may be. Remove one, or use a second server.`,
        { code: 'too_many_streams' },
      );
    }
    await this.#save(streamId, checked(given, streamId));
  }

  async update(streamId: string, changes: SettingsChanges): Promise<void> {
    const { settings } = this.#getOwn(streamId);
    await this.#save(streamId, checked(mergeSettings(settings, changes), streamId));
  }

  async remove(streamId: string): Promise<void> {
    const { store, applier, configured } = this.#options;
    this.#getOwn(streamId);
    const isBuiltin = configured.some(({ id, origin }) => {
      return id === streamId && origin.kind === 'builtin';
    });
    if (isBuiltin) store.saveValues({ [BUILTIN_REMOVED]: 'yes' });
    store.removeStream(streamId);
    this.#streams.delete(streamId);
    await applier.remove(streamId);
  }

  /** The file comes before the store, as it does everywhere. */
  #addStored({ id, settings }: { readonly id: string; readonly settings: StreamSettings }): void {
    const file = this.#streams.get(id)?.origin;
    if (file?.kind === 'file') {
      this.#options.log.warn('Stream of the file hides one of the database', {
        stream: id,
        file: file.file,
        line: file.line,
      });
    } else this.#streams.set(id, { id, settings, origin: BY_API });
  }

  #get(streamId: string): ConfiguredStream {
    const stream = this.#streams.get(streamId);
    if (stream) return stream;
    throw new NotFoundError(
      `There is no stream "${streamId}" in the configuration. GET /api/v1/streams lists those that exist.`,
      { code: 'stream_not_found' },
    );
  }

  /** One that may be changed here. */
  #getOwn(streamId: string): ConfiguredStream {
    const stream = this.#get(streamId);
    if (stream.origin.kind !== 'file') return stream;
    throw new StateError(
      `Stream "${streamId}" is set in ${placeOf(stream.origin)}. Change it there and restart.`,
      { code: 'stream_in_file' },
    );
  }

  async #save(id: string, settings: StreamSettings): Promise<void> {
    const { store, applier } = this.#options;
    store.saveStream({ id, settings });
    const stream = { id, settings, origin: BY_API };
    this.#streams.set(id, stream);
    await applier.apply(stream);
  }
}

function checked(given: GivenSettings, streamId: string | undefined): StreamSettings {
  const { settings, problems } = readSettings(given);
  const [problem] = problems;
  if (!problem) return settings;
  const stream = streamId === undefined ? 'the stream' : `stream "${streamId}"`;
  throw new InputError(`"${problem.key}" of ${stream} ${problem.message}.`);
}

function exists({ id, origin }: ConfiguredStream): StateError {
  const where = origin.kind === 'file' ? `, set in ${placeOf(origin)}` : '';
  return new StateError(
    `There is a stream "${id}" already${where}. Take another id, or change that one.`,
    { code: 'stream_exists' },
  );
}

function placeOf({ file, line }: StreamOrigin): string {
  return line === null ? `${file}` : `${file}, line ${line}`;
}
