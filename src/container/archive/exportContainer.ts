import { readTree } from "../../launch/index.ts";
import { type TreePiece, writeTar } from "../../overlay/index.ts";
import { observeContainer } from "../state/runningContainer.ts";
import { type ArchivePlaces, bareView } from "./containerView.ts";
import { piecesOf } from "./describePath.ts";
import { holdFiles } from "./holdFiles.ts";

/**
 * The files of a container, running or not, as one tar archive, without volumes and the kernel's file systems.
 *
 * @throws EngineError `containerNotFound`, `invalidValue` for an ambiguous prefix, `launchFailed`, `fileSystem`.
 */
export async function* exportContainer(nameOrId: string, places: ArchivePlaces): AsyncGenerator<Uint8Array> {
  const files = await holdFiles(places, nameOrId);
  try {
    const view = bareView(observeContainer(places, nameOrId));
    const tree = readTree({ helperPath: places.helperPath, view, path: "/" });
    yield* writeTar(withoutTop(piecesOf(tree, "contents")));
  } finally {
    files.release();
  }
}

async function* withoutTop(pieces: AsyncIterable<TreePiece>): AsyncGenerator<TreePiece> {
  for await (const piece of pieces) if (piece.kind === "content" || piece.record.path !== ".") yield piece;
}
