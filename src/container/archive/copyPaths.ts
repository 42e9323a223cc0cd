import { posix } from "node:path";
import { EngineError } from "../../base/index.ts";

/** One side of a copy, as the user wrote it. */
export interface CopySide {
  /** A name or id; absent for the local machine. */
  readonly container?: string;
  readonly path: string;
}

/**
 * Splits `CONTAINER:PATH` by Docker's rules: an absolute path, and one whose part before the colon starts with a dot,
 * is local. Pure.
 */
export function parseCopySide(text: string): CopySide {
  const colon = text.indexOf(":");
  if (text.startsWith("/") || colon < 0 || text.startsWith(".")) return { path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}

/** Whether the path says that it is a directory: it ends in a slash or in ".". */
export function assertsDirectory(path: string): boolean {
  return path.endsWith("/") || endsInDot(path);
}

/** Whether the path means the contents of a directory: its last part is ".". */
export function endsInDot(path: string): boolean {
  return path === "." || path.endsWith("/.");
}

/** The path without "//", "." and "..", but with the end that says what it means. `base` is for relative paths. */
export function cleanCopyPath(path: string, base: string): string {
  const cleaned = posix.resolve(base, path);
  if (endsInDot(path)) return cleaned === "/" ? "/." : `${cleaned}/.`;
  return path.endsWith("/") && cleaned !== "/" ? `${cleaned}/` : cleaned;
}

/** Splits a clean path into the directory to look in and the name in it, which is "." for contents and for "/". */
export function splitCopyPath(path: string): { readonly directory: string; readonly name: string } {
  if (endsInDot(path)) return { directory: path.slice(0, -2) || "/", name: "." };
  const plain = path.endsWith("/") ? path.slice(0, -1) : path;
  return plain === ""
    ? { directory: "/", name: "." }
    : { directory: posix.dirname(plain), name: posix.basename(plain) };
}

export interface CopySource {
  /** A clean path. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** The name that the copy has, where that is another one: the name of a link that was followed. */
  readonly name?: string;
}

export interface CopyTarget {
  /** A clean path whose last part is no symbolic link. */
  readonly path: string;
  readonly kind: "missing" | "directory" | "other";
}

/** Where a copy goes: below `directory`, under `name`, or, for ".", as the contents of the directory itself. */
export interface CopyPlan {
  readonly directory: string;
  readonly name: string;
}

/**
 * Decides where a copy goes, as `cp -a` and Docker do: into a directory that is there, else under the name of the
 * target. Pure.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function planCopy(source: CopySource, target: CopyTarget): CopyPlan {
  const { directory, name } = splitCopyPath(target.path);
  const ownName = source.name ?? splitCopyPath(source.path).name;
  if (target.kind === "directory") return { directory: target.path, name: ownName };
  if (target.kind === "other" && source.isDirectory) throw refusal("cannot copy directory", "copy it into a directory");
  if (target.kind === "other" && assertsDirectory(target.path)) throw refusal("not a directory", "leave out the slash");
  if (target.kind === "missing" && !source.isDirectory && assertsDirectory(target.path)) {
    throw refusal("no such directory", "make the directory first");
  }
  return { directory, name };
}

function refusal(message: string, hint: string): EngineError {
  return new EngineError("invalidValue", message, { hint });
}
