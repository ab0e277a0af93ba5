// A full garbage collection, now, whatever flags Node was started with.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    collect();
    // Finalisers of native objects run in turns of the event loop.
    await new Promise(setImmediate);
  }
}
