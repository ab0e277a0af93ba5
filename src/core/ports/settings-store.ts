// Where settings that are made while the server runs are kept. Synchronous, because a change counts
// only when it is kept, and small, because a change is one row.

import type { StreamSettings } from '#contract/stream-settings.ts';

export interface StoredStream {
  readonly id: string;
  readonly settings: StreamSettings;
}

/** Each method throws `UnavailableError` if the world is in the way: then nothing has changed. */
export interface SettingsStore {
  /** In the order in which they were made. */
  streams(): StoredStream[];
  /** Adds it, or puts it in the place of the one that is there. */
  saveStream(stream: StoredStream): void;
  /** It need not be there. */
  removeStream(streamId: string): void;
  /** What the server keeps for itself. */
  value(key: string): string | undefined;
  /** All of them or none. */
  saveValues(values: Readonly<Record<string, string>>): void;
  /** Idempotent. */
  close(): void;
}
