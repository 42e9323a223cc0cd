/** A text as one word of a POSIX shell, letter for letter: nothing within single quotes means anything (sh(1), Quoting). */
export function shellQuoted(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
