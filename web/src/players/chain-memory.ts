// Which way of the medium worked, as long as the tab is open.

import type { ChainMemory } from '#client/path-chain.ts';

const KEY = 'yeoul.path';

export const chainMemory: ChainMemory = {
  read: () => attempt(() => sessionStorage.getItem(KEY)),
  write: (text) => void attempt(() => sessionStorage.setItem(KEY, text)),
};

/** Where storage is refused, each page finds its way anew. */
function attempt<Result>(action: () => Result): Result | null {
  try {
    return action();
  } catch {
    return null;
  }
}
