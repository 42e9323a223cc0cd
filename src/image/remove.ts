import { EngineError, failPoint } from "../base/index.ts";
import type { Digest } from "../oci/index.ts";
import { type ImageUser, planRemoval } from "./planRemoval.ts";
import type { ImageStore } from "./store.ts";
import { imageIdOf } from "./storedImage.ts";
import { type IndexEntry, readIndex } from "./storeIndex.ts";
import { storeLayout } from "./storeLayout.ts";
import { findEntry } from "./storeResolve.ts";
import type { LayerKeeper } from "./storeSweep.ts";

/** What went away, in Docker's order: first the names, then the image and its layers. */
export interface RemovedImage {
  /** `alpine:3.20`, `alpine@sha256:...`. */
  readonly untagged: readonly string[];
  /** The image's id, then the diffIds of the layers that nothing uses any more. */
  readonly deleted: readonly string[];
}

export interface ImageRemoval extends LayerKeeper {
  readonly force: boolean;
  /** The containers that were made from an image, running or not. */
  readonly usedBy: (imageId: Digest) => readonly ImageUser[];
}

/** The error for an image that is not in the store, in Docker's words. */
export function noSuchImage(text: string): EngineError {
  return new EngineError("imageNotFound", `No such image: ${text.slice(0, 300)}`, {
    hint: '"brig images" lists the images that are here',
    details: { reference: text },
  });
}

/** The error for an image that was in the store when it was looked for, and then somebody took it away. */
export function removedMeanwhile(text: string): EngineError {
  return new EngineError("imageNotFound", `No such image: ${text.slice(0, 300)}: it was removed meanwhile`, {
    hint: "pull it again",
    details: { reference: text },
  });
}

/**
 * Removes a name of an image or the whole image (see `planRemoval`), then sweeps what no image needs any more. The
 * names go in one step; a sweep that is interrupted, or postponed because of a pull, is done by the next one.
 *
 * @throws EngineError `imageNotFound`, `imageInUse`, `invalidReference`.
 */
export async function removeImage(store: ImageStore, text: string, removal: ImageRemoval): Promise<RemovedImage> {
  const { untagged, deletedId } = await store.changeIndex((entries) => withoutImage(store, { entries, text, removal }));
  failPoint("rmi.untagged");
  if (deletedId === undefined) return { untagged, deleted: [] };
  const { layers } = await store.collectGarbage(removal);
  return { untagged, deleted: [deletedId, ...layers.map(({ diffId }) => diffId)] };
}

/**
 * What `removeImage` would do at this moment: undefined when the name or the image goes, else the error that it would
 * throw. Changes nothing.
 *
 * @throws EngineError `imageNotFound`, `invalidReference`.
 */
export function refusalOfRemoval(
  store: ImageStore,
  text: string,
  removal: Pick<ImageRemoval, "force" | "usedBy">,
): EngineError | undefined {
  try {
    withoutImage(store, { entries: readIndex(storeLayout(store.directory)), text, removal });
    return undefined;
  } catch (error) {
    if (error instanceof EngineError && error.code === "imageInUse") return error;
    throw error;
  }
}

interface RemovalStep {
  readonly entries: readonly IndexEntry[];
  readonly text: string;
  readonly removal: Pick<ImageRemoval, "force" | "usedBy">;
}

function withoutImage({ directory }: ImageStore, { entries, text, removal }: RemovalStep) {
  const layout = storeLayout(directory);
  const found = findEntry(layout, entries, text);
  if (found === undefined) throw noSuchImage(text);
  // A damaged image that another tool put there has no id that could be read; its manifest stands for it.
  const idOf = (entry: IndexEntry): Digest => imageIdOf(layout, entry) ?? entry.manifest.digest;
  const imageId = idOf(found.entry);
  const own = entries.filter((entry) => idOf(entry) === imageId);
  const users = removal.usedBy(imageId);
  const plan = planRemoval({ text, ...found, imageId, own, users, force: removal.force });
  const others = entries.filter((entry) => !own.includes(entry));
  return {
    entries: [...others, ...plan.remaining],
    result: { untagged: plan.untagged, deletedId: plan.remaining.length === 0 ? imageId : undefined },
  };
}
