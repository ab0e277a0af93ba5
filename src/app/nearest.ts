// The known word that a mistyped one most likely meant, for "Did you mean …?".

/** Longer words are not compared: no key or flag is longer, and the work grows with the square. */
const MAX_WORD_LENGTH = 64;

export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_WORD_LENGTH) return undefined;
  // A third of the letters may be wrong: beyond that a suggestion confuses more than it helps.
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let best: string | undefined;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance >= bestDistance) continue;
    bestDistance = distance;
    best = candidate;
  }
  return best;
}

/** ` Did you mean "http_port"?`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const best = nearest(word, known);
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}

/** Letters to insert, delete, replace or swap with their neighbour ("optimal string alignment"). */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const replaced = at(previous, column - 1) + (isSame ? 0 : 1);
      const shifted = Math.min(at(previous, column), at(current, column - 1)) + 1;
      const swapped = isSwapped ? at(beforePrevious, column - 2) + 1 : replaced;
      current.push(Math.min(replaced, shifted, swapped));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return at(previous, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
