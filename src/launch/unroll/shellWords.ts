/** A comment that stays one, whatever is in the text: a line for each of its lines. */
export function comment(text: string): readonly string[] {
  return text.split(/[\r\n]+/).map((line) => `# ${line.replace(/[^\t\x20-\x7e\u00a0-\uffff]/g, "?")}`.trimEnd());
}

/**
 * The lines that write a text to a file, as a here-document that nothing is expanded in. Its end is a word that no line
 * of the text is.
 */
export function writeHere(file: string, lines: readonly string[]): readonly string[] {
  const text = lines.flatMap((line) => line.split("\n"));
  let end = "END";
  while (text.includes(end)) end += "_";
  return [`cat > ${file} <<'${end}'`, ...text, end];
}
