// Something that the server is asked to do: whether it is under way, and why it failed.

import { type Signal, useSignal } from '@preact/signals';
import { describeError } from './error-words.ts';
import { language } from './settings.ts';

interface Attempt {
  readonly busy: Signal<boolean>;
  /** In words; null while nothing has failed. */
  readonly failure: Signal<string | null>;
  /** Whether `action` went well. */
  run(action: () => Promise<void>): Promise<boolean>;
}

export function useAttempt(): Attempt {
  const busy = useSignal(false);
  const failure = useSignal<string | null>(null);
  const run = async (action: () => Promise<void>): Promise<boolean> => {
    busy.value = true;
    failure.value = null;
    await action().catch((cause) => {
      failure.value = describeError(cause, language.value);
    });
    busy.value = false;
    return failure.value === null;
  };
  return { busy, failure, run };
}
