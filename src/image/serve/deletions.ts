import { type Digest, isDigest } from "../../oci/index.ts";
import type { ImageUser } from "../planRemoval.ts";
import type { ImageRef } from "../reference.ts";
import type { ImageStore } from "../store.ts";
import { type IndexEntry, readIndex } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { entryRef, repositoryOf, withLeftBehind } from "../storeNames.ts";
import { type Answer, done, Refusal } from "./answer.ts";
import { repositoryContents } from "./contents.ts";
import type { Pushes } from "./pushes.ts";
import { entriesOf, pushTarget, servedDigest } from "./repositories.ts";

export interface DeleteSettings {
  /** The containers that were made from an image: it stays. */
  usedBy(imageId: Digest): Promise<readonly ImageUser[]>;
  /** Removes what no image needs any more. */
  sweep(): Promise<void>;
}

interface Target {
  readonly name: string;
  readonly reference: string;
}

/**
 * Takes a tag away, or with a digest a manifest with all its tags (distribution-spec, "Content Management"), of the
 * repository that a push under this name goes to.
 *
 * @throws Refusal `MANIFEST_UNKNOWN`; `DENIED` for what a container or an index still needs.
 */
export async function deleteManifest(
  { store, settings }: { readonly store: ImageStore; readonly settings: DeleteSettings },
  { name, reference }: Target,
): Promise<Answer> {
  const target = requireTarget(name);
  const users = await usersOf(store, target, settings);
  await store.changeIndex((entries) => {
    const going = isDigest(reference)
      ? withDigest(store, entriesOf(entries, target), reference)
      : entriesOf(entries, target).filter((entry) => entryRef(entry)?.tag === reference);
    if (going.length === 0) throw new Refusal("MANIFEST_UNKNOWN", `the repository has no manifest "${reference}"`);
    const kept = entries.filter((entry) => !going.includes(entry));
    // What loses only a tag can still be asked for by its digest, as in every registry.
    const remaining = isDigest(reference) ? kept : going.reduce(withLeftBehind, kept);
    refuseUsed(going, remaining, users);
    return { entries: remaining, result: undefined };
  });
  return done(202, {});
}

/** @throws Refusal `DENIED` for the part of an index. */
function withDigest(store: ImageStore, own: readonly IndexEntry[], digest: Digest): readonly IndexEntry[] {
  const going = own.filter((entry) => servedDigest(entry) === digest || entry.repoDigest === digest);
  const others = own.filter((entry) => !going.includes(entry) && entry.pushed !== undefined);
  const { documents } = repositoryContents(storeLayout(store.directory), others);
  if (documents.has(digest)) throw new Refusal("DENIED", "an index of the repository lists this manifest");
  return going;
}

/** Asked beforehand, because the index changes in one step. */
async function usersOf(
  store: ImageStore,
  target: ImageRef,
  { usedBy }: DeleteSettings,
): Promise<ReadonlyMap<Digest, readonly ImageUser[]>> {
  const users = new Map<Digest, readonly ImageUser[]>();
  for (const { imageId } of entriesOf(readIndex(storeLayout(store.directory)), target)) {
    if (imageId !== undefined && !users.has(imageId)) users.set(imageId, await usedBy(imageId));
  }
  return users;
}

function refuseUsed(
  going: readonly IndexEntry[],
  remaining: readonly IndexEntry[],
  users: ReadonlyMap<Digest, readonly ImageUser[]>,
): void {
  for (const { imageId } of going) {
    const [user] = imageId === undefined ? [] : (users.get(imageId) ?? []);
    if (user === undefined || remaining.some((entry) => entry.imageId === imageId)) continue;
    throw new Refusal("DENIED", `the container ${user.name} uses the image`);
  }
}

/**
 * Takes a blob away that no manifest of the repository refers to. Its file goes with the next sweep, since other
 * repositories may have it too.
 *
 * @throws Refusal `BLOB_UNKNOWN`, `DIGEST_INVALID`; `DENIED` for a blob that a manifest needs.
 */
export function deleteBlob(
  { store, pushes }: { readonly store: ImageStore; readonly pushes: Pushes },
  { name, reference }: Target,
): Answer {
  const target = requireTarget(name);
  if (!isDigest(reference)) throw new Refusal("DIGEST_INVALID", "the digest is not one of a known algorithm");
  const layout = storeLayout(store.directory);
  const { blobs } = repositoryContents(layout, entriesOf(readIndex(layout), target));
  if (blobs.has(reference)) throw new Refusal("DENIED", "a manifest of the repository refers to this blob");
  if (pushes.unlink(repositoryOf(target), reference)) return done(202, {});
  throw new Refusal("BLOB_UNKNOWN", `the repository has no blob "${reference}"`);
}

function requireTarget(name: string): ImageRef {
  const target = pushTarget(name);
  if (target === undefined) throw new Refusal("NAME_UNKNOWN", `the image store has no repository "${name}"`);
  return target;
}
