import type { Descriptor, Digest, ImageIndex, ImageManifest } from "../../oci/index.ts";
import { hostPlatform, rankByPlatform } from "../platform.ts";
import { formatImageRef, type ImageRef } from "../reference.ts";
import type { IndexEntry } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { entryRef, withName } from "../storeNames.ts";
import { type RepositoryContents, repositoryContents } from "./contents.ts";
import { takeImage, type UsableImage } from "./pushedImage.ts";
import type { Pushes } from "./pushes.ts";
import { entriesOf, servedDigest } from "./repositories.ts";

/** A manifest or index that is in the store and waits for its name. */
export interface SentDocument {
  /** With a tag or with the digest of the document. */
  readonly target: ImageRef;
  readonly descriptor: Descriptor;
  readonly parsed: ImageManifest | ImageIndex;
}

/**
 * Decides what a document is to this machine (an image, an index with an image, or only something to keep and serve),
 * unpacks the image, and gives it its name, last.
 *
 * @throws EngineError of the store and of the layers.
 */
export async function nameDocument(pushes: Pushes, document: SentDocument): Promise<void> {
  const { target, descriptor } = document;
  const whole = repositoryContents(storeLayout(pushes.store.directory), [bareEntry(descriptor)]);
  const entry = { ...(await describe(pushes, document, whole)), name: formatImageRef(target) };
  const parts = new Set([...whole.documents.keys()].filter((digest) => digest !== descriptor.digest));
  await pushes.store.changeIndex((entries) => ({
    entries: placed(entries, entry, { target, parts }),
    result: undefined,
  }));
}

type NamelessEntry = Omit<IndexEntry, "name">;

function bareEntry({ mediaType, digest, size }: Descriptor): NamelessEntry {
  return { manifest: { mediaType, digest, size }, foreign: {}, foreignAnnotations: {} };
}

async function describe(
  pushes: Pushes,
  { target, descriptor, parsed }: SentDocument,
  whole: RepositoryContents,
): Promise<NamelessEntry> {
  if ("manifests" in parsed) {
    const chosen = await chooseImage(pushes, parsed, { whole, tried: new Set() });
    if (chosen === undefined) return { ...bareEntry(descriptor), pushed: "other" };
    return { ...imageEntry(chosen), repoDigest: descriptor.digest, pushed: "index" };
  }
  // By digest come the parts of an index, and those for other machines need not be unpacked.
  const image = await takeImage(pushes, parsed, target.digest === undefined ? "any" : "ours");
  if (image === undefined) return { ...bareEntry(descriptor), pushed: "other" };
  return { ...imageEntry({ manifest: descriptor, image }), repoDigest: descriptor.digest };
}

interface ChosenImage {
  readonly manifest: Descriptor;
  readonly image: UsableImage;
}

function imageEntry({ manifest, image: { platform, imageId } }: ChosenImage): NamelessEntry {
  const entry = bareEntry(manifest);
  return { ...entry, manifest: { ...entry.manifest, platform }, imageId };
}

interface Search {
  readonly whole: RepositoryContents;
  readonly tried: Set<Digest>;
}

/** The image of an index that this machine would run, unpacked. */
async function chooseImage(pushes: Pushes, index: ImageIndex, search: Search): Promise<ChosenImage | undefined> {
  for (const child of rankByPlatform(index.manifests, hostPlatform())) {
    const document = search.whole.documents.get(child.digest);
    if (document === undefined || search.tried.has(child.digest)) continue;
    search.tried.add(child.digest);
    if ("manifests" in document.parsed) {
      const found = await chooseImage(pushes, document.parsed, search);
      if (found !== undefined) return found;
    } else {
      const image = await takeImage(pushes, document.parsed, "ours");
      if (image !== undefined) return { manifest: document.descriptor, image };
    }
  }
  return undefined;
}

interface Placing {
  readonly target: ImageRef;
  /** What the document lists, when it is an index. */
  readonly parts: ReadonlySet<Digest>;
}

/**
 * Puts the new entry among the others. A digest that the repository leads to already needs no entry of its own, and
 * what an index lists loses the entries that it had by digest until the index came.
 */
function placed(entries: readonly IndexEntry[], entry: IndexEntry, { target, parts }: Placing): readonly IndexEntry[] {
  const own = entriesOf(entries, target);
  const isThere = own.some((other) => servedDigest(other) === servedDigest(entry));
  if (target.digest !== undefined && isThere) return entries;
  const isPart = (other: IndexEntry) => entryRef(other)?.digest !== undefined && parts.has(servedDigest(other));
  const kept = entries.filter((other) => !(own.includes(other) && isPart(other)));
  return withName(kept, entry);
}
