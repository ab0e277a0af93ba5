// A settings store in memory, which can be told to fail.

import type { SettingsStore, StoredStream } from '#core/ports/settings-store.ts';

export class FakeSettingsStore implements SettingsStore {
  readonly kept = new Map<string, StoredStream>();
  readonly values = new Map<string, string>();
  /** Thrown by the next change. */
  failure: Error | undefined;

  streams(): StoredStream[] {
    return structuredClone([...this.kept.values()]);
  }

  saveStream(stream: StoredStream): void {
    this.#failOnce();
    this.kept.set(stream.id, structuredClone(stream));
  }

  removeStream(streamId: string): void {
    this.#failOnce();
    this.kept.delete(streamId);
  }

  value(key: string): string | undefined {
    return this.values.get(key);
  }

  saveValues(values: Readonly<Record<string, string>>): void {
    this.#failOnce();
    for (const [key, value] of Object.entries(values)) this.values.set(key, value);
  }

  close(): void {}

  #failOnce(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }
}
