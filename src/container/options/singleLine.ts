import { EngineError } from "../../base/index.ts";

/**
 * Returns `text` if it is one line without control characters, so that it cannot add lines or fields to a file that is
 * generated from it (C0, DEL, C1 and Unicode's line and paragraph separators).
 *
 * @throws EngineError `invalidValue` naming `what`.
 */
export function requireSingleLine(text: string, what: string): string {
  if (hasControlCharacter(text)) {
    throw new EngineError("invalidValue", `${what} holds a control character: ${printable(text)}`, {
      hint: "remove line breaks and other control characters from the value",
    });
  }
  return text;
}

/** Whether a character of the text could end a line or drive a terminal. */
export function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code === 0x2029) return true;
  }
  return false;
}

/** The text in double quotes, escaped and at most about 80 characters long: fit for a message. */
export function printable(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
