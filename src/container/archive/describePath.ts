import { posix } from "node:path";
import { EngineError } from "../../base/index.ts";
import { type RootView, readTree, type TreeSource } from "../../launch/index.ts";
import { type LayerRecord, readTreeRecords, type TreeContents, TreeCut, type TreePiece } from "../../overlay/index.ts";
import type { CopyTarget } from "./copyPaths.ts";
import { cleanCopyPath } from "./copyPaths.ts";

/** A root, and how messages call it. */
export interface CopyRoot {
  readonly helperPath: string;
  readonly view: RootView;
  /** As the user named it; absent for the local machine. */
  readonly container?: string;
}

/** The entries of a source. Its end is the helper's: an early one rejects with the helper's reason. */
export async function* piecesOf(source: TreeSource, contents: TreeContents): AsyncGenerator<TreePiece> {
  let whole = false;
  try {
    yield* readTreeRecords(source.output, contents);
    whole = true;
    await source.ended;
  } catch (error) {
    if (error instanceof TreeCut) await source.ended;
    throw error;
  } finally {
    if (!whole) source.cancel();
  }
}

/** What is at a path, without following it when it is a symbolic link; undefined when nothing is there. */
export async function describePath(root: CopyRoot, path: string): Promise<LayerRecord | undefined> {
  const { helperPath, view } = root;
  const source = readTree({ helperPath, view, path: encodePath(path), shallow: true });
  try {
    for await (const piece of piecesOf(source, "names")) if (piece.kind === "entry") return piece.record;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return undefined; // a socket, which is not copied
}

/**
 * What is at a path after following symbolic links, inside the root and nowhere else; for links that lead nowhere, the
 * path that they lead to.
 *
 * @throws EngineError `invalidValue` for links without end.
 */
export async function followPath(root: CopyRoot, path: string): Promise<CopyTarget> {
  let at = path;
  for (let links = 0; links <= 10; links += 1) {
    const found = await describePath(root, at);
    if (found?.op !== "symlink") {
      return { path: at, kind: found === undefined ? "missing" : found.op === "dir" ? "directory" : "other" };
    }
    at = cleanCopyPath(Buffer.from(found.target, "latin1").toString("utf8"), posix.dirname(at));
  }
  throw new EngineError("invalidValue", `too many symlinks in ${JSON.stringify(path)}`);
}

/** @throws EngineError `fileNotFound` with Docker's sentence. */
export function noSuchPath({ container }: CopyRoot, path: string): EngineError {
  const where = container === undefined ? "" : ` in container ${container}`;
  return new EngineError("fileNotFound", `Could not find the file ${JSON.stringify(path).slice(1, -1)}${where}`);
}

/** Names reach the helper as bytes of UTF-8, which is what the user typed. */
function encodePath(path: string): string {
  if (!path.includes("\0")) return path;
  throw new EngineError("invalidValue", "a path holds a NUL character");
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof EngineError) || error.details === undefined) return false;
  return error.details.call === "openat2" && (error.details.errno === "ENOENT" || error.details.errno === "ENOTDIR");
}
