/** Wide enough for a thought, narrow enough for every terminal. */
const usualWidth = 96;

/** Hangul, ideographs and their punctuation take two columns (Unicode Standard Annex 11). */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** How many columns of a terminal a text takes. */
function columnsOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (wide.test(letter) ? 2 : 1), 0);
}

/** Breaks lines at spaces so that none is wider than `width` columns; lines that begin with a space stay as they are. */
export function wrapText(text: string, width = usualWidth): string {
  return text
    .split("\n")
    .map((line) => (line.startsWith(" ") ? line : wrapLine(line, width)))
    .join("\n");
}

function wrapLine(line: string, width: number): string {
  const lines: string[] = [];
  let [last, used] = ["", 0];
  for (const word of line.split(" ")) {
    const size = columnsOf(word);
    if (last !== "" && used + 1 + size > width) {
      lines.push(last);
      [last, used] = [word, size];
    } else [last, used] = last === "" ? [word, size] : [`${last} ${word}`, used + 1 + size];
  }
  return [...lines, last].join("\n");
}
