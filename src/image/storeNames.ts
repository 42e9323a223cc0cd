import { formatImageRef, type ImageRef, parseImageRef } from "./reference.ts";
import type { IndexEntry } from "./storeIndex.ts";

/**
 * How names come and go in the index: pure functions from entries to entries. The rules are Docker's: a pull by tag
 * gives an image the tag and the digest as names, a tag that moves on leaves its old image with the digest alone
 * (`<none>`), and an image that never had a digest is left without any name.
 */

/** A name in the index, taken apart; undefined for a name that another tool wrote and that is none of Docker's. */
export function entryRef(entry: IndexEntry): ImageRef | undefined {
  if (entry.name === undefined) return undefined;
  try {
    const ref = parseImageRef(entry.name);
    return ref.tag === undefined && ref.digest === undefined ? { ...ref, tag: "latest" } : ref;
  } catch {
    return undefined;
  }
}

/** `docker.io/library/alpine`. */
export function repositoryOf({ registry, repository }: ImageRef): string {
  return formatImageRef({ registry, repository });
}

/** Gives `entry` its name, taking the name from whatever image has it. */
export function withName(entries: readonly IndexEntry[], entry: IndexEntry): readonly IndexEntry[] {
  const name = canonicalName(entry);
  const position = entries.findIndex((other) => other.name !== undefined && canonicalName(other) === name);
  const previous = entries[position];
  const named = previous === undefined ? [...entries, entry] : entries.with(position, entry);
  const kept = named.filter((other) => other.name !== undefined || !isSameImage(other, entry));
  return previous === undefined || isSameImage(previous, entry) ? kept : withLeftBehind(kept, previous);
}

/** Gives an image back what it was called, as far as the name is still free. */
export function withBack(entries: readonly IndexEntry[], lost: IndexEntry): readonly IndexEntry[] {
  const name = canonicalName(lost);
  const isTaken = name === undefined || entries.some((other) => canonicalName(other) === name);
  return isTaken ? withLeftBehind(entries, lost) : [...entries, lost];
}

function canonicalName(entry: IndexEntry): string | undefined {
  const ref = entryRef(entry);
  return ref === undefined ? entry.name : formatImageRef(ref);
}

function isSameImage(one: IndexEntry, other: IndexEntry): boolean {
  return one.manifest.digest === other.manifest.digest;
}

/**
 * Keeps the image of an entry that lost its name: by its digest where that name is free, else without a name. The
 * digest is taken when the same tag was pulled for another platform: one index digest, two images. What is no image
 * goes: nobody could see it to remove it.
 */
export function withLeftBehind(entries: readonly IndexEntry[], lost: IndexEntry): readonly IndexEntry[] {
  if (lost.pushed === "other") return entries;
  const ref = entryRef(lost);
  const heirs = ref === undefined ? [] : entries.filter((entry) => sharesRepoDigest(entry, lost, ref));
  if (heirs.some((entry) => isSameImage(entry, lost))) return entries;
  if (ref !== undefined && lost.repoDigest !== undefined && heirs.length === 0) {
    return [...entries, { ...lost, name: `${repositoryOf(ref)}@${lost.repoDigest}` }];
  }
  const { name: _, ...anonymous } = lost;
  return entries.some((entry) => isSameImage(entry, lost)) ? entries : [...entries, anonymous];
}

function sharesRepoDigest(entry: IndexEntry, lost: IndexEntry, lostRef: ImageRef): boolean {
  const ref = entryRef(entry);
  return ref !== undefined && entry.repoDigest === lost.repoDigest && repositoryOf(ref) === repositoryOf(lostRef);
}

/**
 * The entries that `ref` names, best first: one at most by tag; by digest first the entry that was pulled by that
 * digest, then those of the repository whose tag came with it.
 */
export function entriesNamed(entries: readonly IndexEntry[], ref: ImageRef): readonly IndexEntry[] {
  const repository = repositoryOf(ref);
  const rank = (entry: IndexEntry): number => {
    const other = entryRef(entry);
    if (other === undefined || repositoryOf(other) !== repository) return 0;
    if (ref.digest === undefined) return other.digest === undefined && other.tag === ref.tag ? 1 : 0;
    if (other.digest === ref.digest) return 3;
    return entry.repoDigest === ref.digest ? 2 : Number(entry.manifest.digest === ref.digest);
  };
  return entries.filter((entry) => rank(entry) > 0).toSorted((one, other) => rank(other) - rank(one));
}

/** The names of one image as Docker lists them, full and canonical: tags, and digests once per repository. */
export function namesOf(entries: readonly IndexEntry[]): { tags: readonly ImageRef[]; digests: readonly ImageRef[] } {
  const tags: ImageRef[] = [];
  const digests = new Map<string, ImageRef>();
  for (const entry of entries) {
    const ref = entryRef(entry);
    if (ref === undefined) continue;
    const { registry, repository } = ref;
    if (ref.digest === undefined) tags.push(ref);
    const digest = entry.repoDigest ?? ref.digest;
    if (digest !== undefined) digests.set(`${repositoryOf(ref)}@${digest}`, { registry, repository, digest });
  }
  return { tags, digests: [...digests.values()] };
}
