/** Hangul, kana, ideographs and full-width forms: what takes two columns of a terminal (Unicode Standard Annex #11). */
const wide =
  /[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/gu;

/** How many columns of a terminal a line takes; a code point takes one or two. */
export function displayWidth(line: string): number {
  return [...line].length + (line.match(wide)?.length ?? 0);
}

/** The line with spaces behind it until it takes so many columns. */
export function padDisplay(line: string, columns: number): string {
  return line + " ".repeat(Math.max(0, columns - displayWidth(line)));
}
