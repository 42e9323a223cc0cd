import { EngineError } from "../base/index.ts";
import type { DiffId, Digest } from "./imageSpec.ts";

/** The algorithms that image-spec descriptor.md registers, with the number of hexadecimal digits. */
const hexLengths: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha512", 128],
]);

/** Whether the text is a digest of a known algorithm, in the one canonical spelling. Linear in a bounded prefix. */
export function isDigest(text: string): text is Digest {
  if (text.length > 135) return false;
  const colon = text.indexOf(":");
  const length = hexLengths.get(text.slice(0, colon));
  return length !== undefined && text.length === colon + 1 + length && isLowerHex(text, colon + 1);
}

function isLowerHex(text: string, from: number): boolean {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

/**
 * Parses `sha256:` and 64, or `sha512:` and 128, lower-case hexadecimal digits (image-spec descriptor.md, "Digests").
 * The result is safe as a file name and in a URL.
 *
 * @throws EngineError `invalidReference`.
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new EngineError("invalidReference", `invalid digest ${quoted(text)}`, {
    hint: 'a digest is "sha256:" and 64 lower-case hexadecimal digits',
  });
}

/** Like `parseDigest`, for the digest of an uncompressed layer. */
export function parseDiffId(text: string): DiffId {
  return parseDigest(text) as DiffId;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
