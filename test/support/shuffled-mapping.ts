// A mapping in which nothing is where it was: two channels are hidden, the others out of order.

import { seededRandom } from './seeded-random.ts';

export const HIDDEN: readonly number[] = [7, 20];

const random = seededRandom(20_260_704);
export const SHUFFLED: readonly number[] = Array.from({ length: 32 }, (_, at) => at + 1)
  .filter((id) => !HIDDEN.includes(id))
  .map((id) => ({ id, key: random() }))
  .toSorted((one, other) => one.key - other.key)
  .map(({ id }) => id);
