/**
 * The word of `words` that `text` was probably meant to be: the one with the fewest changed, missing, added or swapped
 * neighbouring letters, if that is at most a third of its length. Undefined when none is near.
 */
export function nearestWord(text: string, words: readonly string[]): string | undefined {
  if (text.length > 64) return undefined;
  const rated = words.map((word) => ({ word, changes: editDistance(text, word) }));
  const best = rated.reduce<(typeof rated)[number] | undefined>(
    (found, candidate) => (found === undefined || candidate.changes < found.changes ? candidate : found),
    undefined,
  );
  return best !== undefined && best.changes <= Math.max(1, Math.floor(best.word.length / 3)) ? best.word : undefined;
}

/** Damerau's distance of neighbours (optimal string alignment), row by row. */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const changes = [
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + same,
        ...(swapped ? [at(beforePrevious, column - 2) + 1] : []),
      ];
      current.push(Math.min(...changes));
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
