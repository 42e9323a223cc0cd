import type { Digest } from "../oci/index.ts";
import { familiarName, formatImageRef, type ImageRef, newImageName } from "./reference.ts";
import { noSuchImage } from "./remove.ts";
import type { ImageStore } from "./store.ts";
import { imageIdOf } from "./storedImage.ts";
import type { IndexEntry } from "./storeIndex.ts";
import { storeLayout } from "./storeLayout.ts";
import { entryRef, repositoryOf, withName } from "./storeNames.ts";
import { findEntry } from "./storeResolve.ts";

export interface TagRequest {
  /** A name, or a whole or shortened id. */
  readonly source: string;
  /** The name to give, with the tag `latest` when it has none. */
  readonly target: string;
}

/**
 * Gives an image one more name, taking the name from whatever image has it. Idempotent. Returns the name, as Docker
 * writes it, and the image's id.
 *
 * @throws EngineError `imageNotFound`, `invalidReference`.
 */
export async function tagImage(
  store: ImageStore,
  { source, target }: TagRequest,
): Promise<{ readonly name: string; readonly id: Digest | undefined }> {
  const reference = newImageName(target);
  const layout = storeLayout(store.directory);
  return store.changeIndex((entries) => {
    const found = findEntry(layout, entries, source);
    if (found === undefined) throw noSuchImage(source);
    const result = { name: familiarName(reference), id: imageIdOf(layout, found.entry) };
    return { entries: withName(entries, renamed(found.entry, reference)), result };
  });
}

/** A registry's digest belongs to its repository: another one has not said that it has the image. */
function renamed(entry: IndexEntry, reference: ImageRef): IndexEntry {
  const { repoDigest, ...rest } = entry;
  const before = entryRef(entry);
  const isSameRepository = before !== undefined && repositoryOf(before) === repositoryOf(reference);
  const name = formatImageRef(reference);
  return { ...rest, name, ...(isSameRepository && repoDigest !== undefined ? { repoDigest } : {}) };
}
