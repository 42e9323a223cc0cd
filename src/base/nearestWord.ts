/**
 * The known word that `word` was most likely meant to be: at most a third of it has to be changed (letters inserted, deleted,
 * replaced, or swapped with a neighbour; one letter of a short word), and the two are more alike than not. Undefined when none
 * is close.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > 64) return undefined;
  let best: { readonly word: string; readonly edits: number } | undefined;
  for (const candidate of known) {
    const most = Math.max(1, Math.floor(candidate.length / 3));
    if (Math.abs(word.length - candidate.length) > most) continue;
    const edits = editDistance(word, candidate);
    const close = edits <= most && edits * 2 < Math.max(word.length, candidate.length);
    if (close && (best === undefined || edits < best.edits)) best = { word: candidate, edits };
  }
  return best?.word;
}

/** Damerau's distance of neighbours (optimal string alignment), row by row. */
function editDistance(a: string, b: string): number {
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
