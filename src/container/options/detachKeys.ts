import { EngineError } from "../../base/index.ts";
import { printable } from "./singleLine.ts";

/**
 * Parses `--detach-keys`: single characters or `ctrl-` with a letter or one of `@[\]^_`, separated by commas. Returns the
 * bytes that the terminal sends for them; an empty text gives none.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseDetachKeys(text: string): string {
  if (text === "") return "";
  const keys = text.length > 128 ? [""] : text.split(",");
  return keys.map((key) => keyByte(key, text)).join("");
}

function keyByte(key: string, whole: string): string {
  if (/^[\x21-\x7e]$/.test(key)) return key;
  const control = /^ctrl-([a-z@[\]\\^_])$/.exec(key)?.[1];
  // A terminal sends the character with its upper bits cleared; ctrl-@ is NUL, which no field of a plan can hold.
  if (control !== undefined && control !== "@") return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f);
  throw new EngineError("invalidValue", `invalid detach keys ${printable(whole)}: unknown key ${printable(key)}`, {
    hint: "write characters separated by commas, such as ctrl-p,ctrl-q",
  });
}
