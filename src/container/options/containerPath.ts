import { posix } from "node:path";
import { EngineError } from "../../base/index.ts";
import { printable, requireSingleLine } from "./singleLine.ts";

/**
 * A mount point inside a container: absolute, cleaned of `.`, `..` and doubled slashes, and not `/`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence; `kind` is Docker's word for the sort of mount.
 */
export function parseMountPoint(text: string, kind: "bind" | "volume" | "tmpfs"): string {
  requireSingleLine(text, "the mount point");
  if (!text.startsWith("/")) {
    throw new EngineError(
      "invalidValue",
      `invalid mount config for type "${kind}": invalid mount path: '${printable(text).slice(1, -1)}' mount path must be absolute`,
    );
  }
  const path = cleanPath(text);
  if (path === "/") {
    throw new EngineError(
      "invalidValue",
      `invalid mount config for type "${kind}": invalid specification: destination can't be '/'`,
    );
  }
  return path;
}

/** Lexically cleaned, without a slash at the end. */
export function cleanPath(text: string): string {
  const path = posix.normalize(text);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/**
 * The working directory of the process.
 *
 * @throws EngineError `invalidValue` with Docker's sentence when it is not absolute.
 */
export function parseWorkdir(text: string): string {
  requireSingleLine(text, "the working directory");
  if (!text.startsWith("/")) {
    throw new EngineError(
      "invalidValue",
      `the working directory '${printable(text).slice(1, -1)}' is invalid, it needs to be an absolute path`,
    );
  }
  return cleanPath(text);
}
