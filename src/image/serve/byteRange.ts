/** Part of a blob, or why there is none: `whole` when the header asks for nothing that we serve in parts. */
export type ByteRange =
  | { readonly kind: "part"; readonly start: number; readonly end: number }
  | { readonly kind: "whole" }
  | { readonly kind: "unsatisfiable" };

/**
 * Parses a Range header of one byte range (RFC 9110, 14.1.2): `bytes=5-9`, `bytes=5-`, `bytes=-5`. `end` is the last
 * byte, inclusive. Anything malformed, and several ranges, count as no header, as the RFC allows.
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange {
  const match = header === undefined || header.length > 64 ? null : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  const [first, last] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (first === "" && last === "") return { kind: "whole" };
  if (first === "") return part(Math.max(size - Number(last), 0), size - 1, size);
  if (last !== "" && Number(last) < Number(first)) return { kind: "whole" };
  return part(Number(first), Math.min(last === "" ? size - 1 : Number(last), size - 1), size);
}

function part(start: number, end: number, size: number): ByteRange {
  return start < size && start <= end ? { kind: "part", start, end } : { kind: "unsatisfiable" };
}
