/**
 * One word of a systemd unit's setting as systemd reads it back: quoted, with its own escapes (systemd.syntax(7),
 * "Quoting") and without specifiers (systemd.unit(5), "Specifiers"). A path that needs none of it stays as it is.
 */
export function unitWord(text: string): string {
  const escaped = text.replaceAll("%", "%%");
  if (/^[A-Za-z0-9_./:@%+,=-]+$/.test(escaped)) return escaped;
  return `"${escaped.replace(/["\\]/g, "\\$&").replace(controls, octal)}"`;
}

/** As `unitWord`, for the arguments of `ExecStart=`, where a dollar begins a variable (systemd.service(5), "Command lines"). */
export function argumentWord(text: string): string {
  return unitWord(text).replaceAll("$", "$$$$");
}

const controls = /[\x01-\x1f\x7f]/g;

function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
}
