import { EngineError } from "../../base/index.ts";
import { type LayerRecord, renameEntries, type TreePiece } from "../../overlay/index.ts";
import type { CopyPlan } from "./copyPaths.ts";

/** Who owns what is copied: as it was, or one owner for all. */
export type CopyOwner = "kept" | { readonly uid: number; readonly gid: number };

export interface CopyChange {
  readonly plan: CopyPlan;
  readonly owner: CopyOwner;
  /** How many ids there are where the copy goes. */
  readonly idLimit?: number;
}

/**
 * Gives the entries of a tree, whose top is ".", the names and owners of the copy. The top itself is left out where
 * only its contents are copied: the directory that takes them stays as it is.
 */
export function placeEntries(pieces: AsyncIterable<TreePiece>, change: CopyChange): AsyncIterable<TreePiece> {
  const { directory, name } = change.plan;
  const top = Buffer.from(directory, "utf8").toString("latin1").replace(/^\/+/, "").replace(/\/+$/, "");
  const own = name === "." ? "" : Buffer.from(name, "utf8").toString("latin1");
  const place = (path: string): string => [top, own, path === "." ? "" : path].filter((part) => part !== "").join("/");
  return renameEntries(pieces, (record) => {
    const path = place(record.path);
    if (path === top || path === "" || !("metadata" in record)) return undefined;
    const placed: LayerRecord = record.op === "hardlink" ? { ...record, target: place(record.target) } : record;
    return { ...placed, path, metadata: { ...record.metadata, ...ownerOf(record, change) } } as LayerRecord; // of its own kind
  });
}

function ownerOf(record: LayerRecord & { readonly metadata: Owned }, { owner, idLimit }: CopyChange): Owned {
  const { uid, gid } = owner === "kept" ? record.metadata : owner;
  if (idLimit === undefined || (uid < idLimit && gid < idLimit)) return { uid, gid };
  const id = uid < idLimit ? gid : uid;
  throw new EngineError(
    "invalidValue",
    `cannot copy a file of the id ${id}: the container's ids end at ${idLimit - 1}`,
    {
      hint: "give the file to another user before, or copy it as a tar archive",
    },
  );
}

interface Owned {
  readonly uid: number;
  readonly gid: number;
}

const block = 512;

/** Counts what a copy would be as a tar archive, which is how Docker tells its size. */
export async function* countTarBytes(
  pieces: AsyncIterable<TreePiece>,
  count: { bytes: number },
): AsyncGenerator<TreePiece> {
  for await (const piece of pieces) {
    if (piece.kind === "entry") {
      const size = piece.record.op === "file" ? piece.record.size : 0;
      count.bytes += block + Math.ceil(size / block) * block;
    }
    yield piece;
  }
  count.bytes += 2 * block;
}
