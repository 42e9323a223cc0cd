import { EngineError } from "../base/index.ts";
import { parseImageRef, withDefaultTag } from "./reference.ts";
import { imageIdOf, isManifestEntry, loadImage, type StoredImage } from "./storedImage.ts";
import { type IndexEntry, readIndex } from "./storeIndex.ts";
import type { StoreLayout } from "./storeLayout.ts";
import { entriesNamed } from "./storeNames.ts";

export interface FoundEntry {
  readonly entry: IndexEntry;
  readonly by: "name" | "id";
}

/**
 * Finds the entry that the user means, in Docker's order: a name with tag (`latest` when left out) or digest, then
 * a whole or shortened image id. Undefined when nothing matches.
 *
 * @throws EngineError `invalidReference` for text that is neither a name nor an id, or the beginning of several ids.
 */
export function findEntry(layout: StoreLayout, entries: readonly IndexEntry[], text: string): FoundEntry | undefined {
  const images = entries.filter(isManifestEntry);
  const prefix = idPrefix(text);
  const byName = prefix !== undefined && prefix.length === 64 ? undefined : findNamed(images, text, prefix);
  if (byName !== undefined) return { entry: byName, by: "name" };
  const byId = prefix === undefined ? undefined : findById(layout, images, prefix);
  return byId === undefined ? undefined : { entry: byId, by: "id" };
}

/** The hexadecimal part of what can be the beginning of an image id. */
function idPrefix(text: string): string | undefined {
  const hex = text.startsWith("sha256:") ? text.slice("sha256:".length) : text;
  return hex.length <= 64 && /^[0-9a-f]+$/.test(hex) ? hex : undefined;
}

function findNamed(images: readonly IndexEntry[], text: string, prefix: string | undefined): IndexEntry | undefined {
  try {
    return entriesNamed(images, withDefaultTag(parseImageRef(text)))[0];
  } catch (error) {
    if (prefix !== undefined && error instanceof EngineError && error.code === "invalidReference") return undefined;
    throw error;
  }
}

function findById(layout: StoreLayout, images: readonly IndexEntry[], prefix: string): IndexEntry | undefined {
  const matches = new Map<string, IndexEntry>();
  for (const entry of images) {
    const id = imageIdOf(layout, entry);
    if (id?.startsWith(`sha256:${prefix}`) && !matches.has(id)) matches.set(id, entry);
  }
  if (matches.size > 1) throw ambiguous(prefix, [...matches.keys()]);
  return [...matches.values()][0];
}

const shownMatches = 10;

function ambiguous(prefix: string, ids: readonly string[]): EngineError {
  const shown = ids.slice(0, shownMatches).map((id) => id.slice("sha256:".length, "sha256:".length + 16));
  const more = ids.length > shownMatches ? ` and ${ids.length - shownMatches} more` : "";
  return new EngineError("invalidReference", `the image id "${prefix}" is ambiguous: ${shown.join(", ")}${more}`, {
    hint: "write more digits of the id, or a name",
    details: { matches: ids },
  });
}

/**
 * The image that the user means, or undefined when it is not in the store. Reads three small files, takes no lock.
 *
 * @throws EngineError those of `findEntry`, and `storeCorrupt` when the image is there but damaged.
 */
export function resolveImage(layout: StoreLayout, text: string): StoredImage | undefined {
  try {
    return resolveNow(layout, text);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "storeCorrupt") throw error;
    // A removal takes the name first: what went since the index was read has no name by now.
    return resolveNow(layout, text);
  }
}

function resolveNow(layout: StoreLayout, text: string): StoredImage | undefined {
  const entries = readIndex(layout);
  const found = findEntry(layout, entries, text);
  return found === undefined ? undefined : loadImage(layout, found.entry, entries);
}

export interface StoreSurvey {
  readonly images: readonly StoredImage[];
  /** Images that are in the index but cannot be read, by the name or digest they have there. */
  readonly damaged: readonly { readonly name: string; readonly error: EngineError }[];
}

/** Every image once, whatever its names; one damaged image does not hide the others. */
export function surveyImages(layout: StoreLayout, all: readonly IndexEntry[] = readIndex(layout)): StoreSurvey {
  const entries = all.filter(isManifestEntry);
  const images = new Map<string, StoredImage>();
  const damaged: { name: string; error: EngineError }[] = [];
  for (const entry of entries) {
    try {
      if (entry.imageId !== undefined && images.has(entry.imageId)) continue;
      const image = loadImage(layout, entry, entries);
      images.set(image.id, image);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      damaged.push({ name: entry.name ?? entry.manifest.digest, error });
    }
  }
  return { images: [...images.values()], damaged };
}
