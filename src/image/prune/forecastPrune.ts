import { statSync } from "node:fs";
import { errnoOf, fileSystemError } from "../../base/index.ts";
import type { DiffId, Digest } from "../../oci/index.ts";
import { familiarName } from "../reference.ts";
import type { ImageStore } from "../store.ts";
import { imageIdOf } from "../storedImage.ts";
import { type IndexEntry, readIndex } from "../storeIndex.ts";
import { blobPathIn, type StoreLayout, storeLayout } from "../storeLayout.ts";
import { entryRef } from "../storeNames.ts";
import { surveyImages } from "../storeResolve.ts";
import { markUsed, storedBlobs } from "../storeSweep.ts";
import { type ImageVerdict, type PruneRules, planPrune } from "./planPrune.ts";

/** A blob of the store and what a prune would do with it. */
export interface BlobVerdict {
  readonly digest: Digest;
  readonly bytes: number;
  /** Names of the images that keep it; empty when it would go. */
  readonly keptFor: readonly string[];
}

export interface StoreForecast {
  readonly images: readonly ImageVerdict[];
  readonly blobs: readonly BlobVerdict[];
  /** The layers that images which stay are made of, with the names of those images. */
  readonly layers: ReadonlyMap<DiffId, readonly string[]>;
}

/**
 * What a prune by these rules would do at this moment, with the images that keep each thing. Changes nothing.
 *
 * @throws EngineError `storeCorrupt` when a document that says what is in use cannot be read.
 */
export async function forecastPrune({ directory }: ImageStore, rules: PruneRules): Promise<StoreForecast> {
  const layout = storeLayout(directory);
  const entries = readIndex(layout);
  const images = planPrune(surveyImages(layout, entries).images, rules);
  const going = new Set(images.flatMap(({ goes, image }) => (goes ? [image.id] : [])));
  const staying = entries.filter((entry) => {
    const id = imageIdOf(layout, entry);
    return id === undefined || !going.has(id);
  });
  const holders = holdersOf(layout, staying);
  const blobs = (await storedBlobs(layout)).map((digest) => ({
    digest,
    bytes: sizeOf(blobPathIn(layout, digest)),
    keptFor: holders.blobs.get(digest) ?? [],
  }));
  return { images, blobs, layers: holders.layers };
}

interface Holders {
  readonly blobs: ReadonlyMap<Digest, readonly string[]>;
  readonly layers: ReadonlyMap<DiffId, readonly string[]>;
}

function holdersOf(layout: StoreLayout, entries: readonly IndexEntry[]): Holders {
  const blobs = new Map<Digest, string[]>();
  const layers = new Map<DiffId, string[]>();
  for (const entry of entries) {
    const marks = markUsed(layout, [entry]);
    const name = shownName(layout, entry);
    for (const digest of marks.blobs) addTo(blobs, digest, name);
    for (const diffId of marks.layers) addTo(layers, diffId, name);
  }
  return { blobs, layers };
}

function addTo<Key>(holders: Map<Key, string[]>, key: Key, name: string): void {
  const known = holders.get(key);
  if (known === undefined) holders.set(key, [name]);
  else if (!known.includes(name)) known.push(name);
}

function shownName(layout: StoreLayout, entry: IndexEntry): string {
  const ref = entryRef(entry);
  return ref === undefined ? (entry.name ?? imageIdOf(layout, entry) ?? entry.manifest.digest) : familiarName(ref);
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return 0; // swept meanwhile
    throw fileSystemError(error, "look at", path);
  }
}
