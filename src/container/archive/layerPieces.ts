import { readLayer } from "../../launch/index.ts";
import type { LayerRecord, TreeContents, TreePiece } from "../../overlay/index.ts";
import type { ObservedContainer } from "../state/runningContainer.ts";
import { imageView } from "./containerView.ts";
import { piecesOf } from "./describePath.ts";

/** Where brig mounts what every container has. A missing one is made, and is nothing that the container wrote. */
const ownMountPoints: ReadonlySet<string> = new Set([
  "dev",
  "proc",
  "sys",
  "etc/hosts",
  "etc/hostname",
  "etc/resolv.conf",
]);

export interface LayerRequest {
  readonly container: ObservedContainer;
  readonly helperPath: string;
  readonly contents: TreeContents;
}

/** What a container has written over its image's layers, marks of deletion included. */
export async function* layerPieces({ container, helperPath, contents }: LayerRequest): AsyncGenerator<TreePiece> {
  const view = imageView(container);
  const source = readLayer({ helperPath, view, upper: container.paths.upper, namesOnly: contents === "names" });
  let made: string | undefined; // the directory that the layers below do not have, of which a mark may follow
  for await (const piece of piecesOf(source, contents)) {
    if (piece.kind === "content") {
      yield piece;
      continue;
    }
    const { record, below } = piece;
    // The kernel marks directories that it makes as opaque, also where nothing is below that they could hide.
    if (record.op === "opaque" && record.path === made) continue;
    if (below === undefined && isMountPoint(record)) continue;
    made = record.op === "dir" && below === undefined ? record.path : undefined;
    yield piece;
  }
}

export function isMountPoint(record: LayerRecord): boolean {
  return ownMountPoints.has(record.path) && (record.op === "dir" || (record.op === "file" && record.size === 0));
}
