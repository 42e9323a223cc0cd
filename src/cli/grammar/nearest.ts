/** More edits than this are another word, not a slip. */
const mostEdits = 3;

/**
 * The known word that `word` was most likely meant to be: at most three edits away (insert, delete, replace, swap) and
 * more alike than not. Undefined when none is close.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > 64) return undefined;
  let best: { readonly word: string; readonly edits: number } | undefined;
  for (const candidate of known) {
    const edits = editDistance(word, candidate);
    const length = Math.max(word.length, candidate.length);
    const close = edits <= mostEdits && edits / length < 0.5;
    if (close && (best === undefined || edits < best.edits)) best = { word: candidate, edits };
  }
  return best?.word;
}

/** Damerau-Levenshtein distance with adjacent swaps; more than `mostEdits` difference in length is not computed. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > mostEdits) return mostEdits + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(swapped ? Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1) : cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
