import { join } from "node:path";
import { noSuchImage, openImageStore, type StoredImage } from "../../image/index.ts";
import { readLayer } from "../../launch/index.ts";
import type { DiffId } from "../../oci/index.ts";
import { openLayerStore, type TreeContents, type TreePiece } from "../../overlay/index.ts";
import { piecesOf } from "../archive/describePath.ts";
import { unpackImage } from "../run/unpackImage.ts";

export interface StudyPlaces {
  readonly root: string;
  readonly helperPath: string;
}

/** What is in the tree of a layer, marks of deletion included. The helper reads it. */
export function layerTree(
  { root, helperPath }: StudyPlaces,
  diffId: DiffId,
  contents: TreeContents,
): AsyncGenerator<TreePiece> {
  const upper = openLayerStore(root, { helperPath }).treePath(diffId);
  return piecesOf(readLayer({ helperPath, upper, namesOnly: contents === "names" }), contents);
}

/**
 * Opens images whose layers `study` reads: unpacked where they were not, and kept from sweeps until it is done.
 *
 * @throws EngineError `imageNotFound`, those of `unpackImage`.
 */
export async function withImages<Result>(
  places: StudyPlaces,
  references: readonly string[],
  study: (images: readonly StoredImage[]) => Promise<Result>,
): Promise<Result> {
  const store = openImageStore(join(places.root, "images"));
  const resolveAll = (): readonly StoredImage[] =>
    references.map((reference) => {
      const image = store.resolve(reference);
      if (image === undefined) throw noSuchImage(reference);
      return image;
    });
  resolveAll(); // an image that is not here must not make a store
  const hold = await store.holdOffSweeps();
  try {
    const images = resolveAll();
    for (const image of images) await unpackImage(places, image);
    return await study(images);
  } finally {
    hold.release();
  }
}
