import { sanitizeLine } from "./sanitize.ts";

/** A path of an image or a container, one byte a character, as text that cannot do anything to a terminal. */
export function showPath(path: string): string {
  return sanitizeLine(pathText(path));
}

/** The same as text for a document, which escapes by itself. */
export function pathText(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8");
}
