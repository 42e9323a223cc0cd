import type { BelowEntry, TreePiece } from "../../overlay/index.ts";
import { observeContainer } from "../state/runningContainer.ts";
import type { ArchivePlaces } from "./containerView.ts";
import { layerPieces } from "./layerPieces.ts";

/** One difference between a container's files and its image's; `path` is absolute, one byte a character. */
export interface FileChange {
  readonly kind: "added" | "changed" | "deleted";
  readonly path: string;
}

/**
 * What a container has changed, sorted by path, as Docker tells it.
 *
 * @throws EngineError `containerNotFound`, `invalidValue` for an ambiguous prefix, `launchFailed`.
 */
export async function diffContainer(nameOrId: string, places: ArchivePlaces): Promise<readonly FileChange[]> {
  const container = observeContainer(places, nameOrId);
  const pieces = layerPieces({ container, helperPath: places.helperPath, contents: "names" });
  const entries: Entry[] = [];
  for await (const piece of pieces) if (piece.kind === "entry") entries.push(piece);
  return listChanges(entries);
}

type Entry = TreePiece & { readonly kind: "entry" };

/** A directory is changed when something in it came or went, or when it has other attributes. Pure. */
export function listChanges(entries: readonly Entry[]): readonly FileChange[] {
  const changes = new Map<string, FileChange["kind"]>();
  for (const entry of entries) {
    const kind = kindOf(entry);
    if (kind !== undefined && entry.record.path !== ".") changes.set(entry.record.path, kind);
  }
  for (const [path, kind] of [...changes]) {
    const parent = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
    if (kind !== "changed" && parent !== "" && !changes.has(parent)) changes.set(parent, "changed");
  }
  return [...changes]
    .map(([path, kind]) => ({ kind, path: `/${path}` }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function kindOf({ record, below }: Entry): FileChange["kind"] | undefined {
  if (record.op === "whiteout") return "deleted";
  if (record.op === "opaque") return "changed";
  if (below === undefined) return "added";
  const same = record.op === "dir" && isDirectory(below) && hasAttributes(record.metadata, below);
  return same ? undefined : "changed";
}

function hasAttributes({ mode, uid, gid }: { mode: number; uid: number; gid: number }, below: BelowEntry): boolean {
  return mode === (below.mode & 0o7777) && uid === below.uid && gid === below.gid;
}

function isDirectory({ mode }: BelowEntry): boolean {
  return (mode & 0o170000) === 0o040000;
}
