import { EngineError, shortId } from "../base/index.ts";
import type { Digest } from "../oci/index.ts";
import { familiarName, formatImageRef, type ImageRef, parseImageRef } from "./reference.ts";
import type { IndexEntry } from "./storeIndex.ts";
import { entryRef, namesOf, repositoryOf } from "./storeNames.ts";

/** A container as far as removing an image is concerned. */
export interface ImageUser {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
}

export interface RemovalRequest {
  /** What the user wrote. */
  readonly text: string;
  readonly by: "name" | "id";
  /** The entry that was found. */
  readonly entry: IndexEntry;
  readonly imageId: Digest;
  /** Every entry of the image, `entry` among them. */
  readonly own: readonly IndexEntry[];
  readonly users: readonly ImageUser[];
  readonly force: boolean;
}

export interface RemovalPlan {
  /** The names that go, as Docker reports them, in order. */
  readonly untagged: readonly string[];
  /** What takes the place of the image's entries; none when the image goes. */
  readonly remaining: readonly IndexEntry[];
}

/**
 * Decides what removing an image means, by Docker's rules. By name: that name goes, with the last tag of a
 * repository also its digests, and with the last name the image. By id: the image goes if all its names are of one
 * repository, or by force. A running container always keeps its image, a stopped one unless forced. Pure.
 *
 * @throws EngineError `imageInUse` in Docker's words.
 */
export function planRemoval(request: RemovalRequest): RemovalPlan {
  return request.by === "name" ? planByName(request) : planById(request);
}

function planByName(request: RemovalRequest): RemovalPlan {
  const { own, users, force } = request;
  const user = users[0];
  if (!force && user !== undefined && isSingleReference(namesOf(own))) throw referenceInUse(request, user);
  const { gone, remaining } = withoutName(request);
  const untagged = gone.map(familiarName);
  if (remaining.some((entry) => entry.name !== undefined)) return { untagged, remaining };
  // Forced while in use: the name goes, the image stays for its containers.
  const keeps = users.some(({ running }) => running) || (!force && users.length > 0);
  return { untagged, remaining: keeps ? [anonymous(request.entry)] : [] };
}

function planById(request: RemovalRequest): RemovalPlan {
  const { own, users, force } = request;
  const names = namesOf(own);
  const running = users.find((user) => user.running);
  if (running !== undefined) throw containerInTheWay(request, running);
  if (!force) {
    if (!isSingleReference(names))
      throw conflict(request, "must be forced", "image is referenced in multiple repositories");
    if (users[0] !== undefined) throw containerInTheWay(request, users[0]);
  }
  return { untagged: allNames(own).map(familiarName), remaining: [] };
}

type Names = ReturnType<typeof namesOf>;

/** One tag at most, and everything in one repository. */
function isSingleReference({ tags, digests }: Names): boolean {
  return tags.length <= 1 && new Set([...tags, ...digests].map(repositoryOf)).size <= 1;
}

/** The entries without the name that was asked for, and every name that goes with it. */
function withoutName({ own, entry, text }: RemovalRequest): {
  readonly gone: readonly ImageRef[];
  readonly remaining: readonly IndexEntry[];
} {
  const remaining = parseImageRef(text).digest === undefined ? withoutTag(own, entry) : withoutDigest(own, entry);
  const [before, after] = [allNames(own), new Set(allNames(remaining).map(formatImageRef))];
  return { gone: before.filter((name) => !after.has(formatImageRef(name))), remaining };
}

function allNames(entries: readonly IndexEntry[]): readonly ImageRef[] {
  const { tags, digests } = namesOf(entries);
  return [...tags, ...digests];
}

/** A digest is a name beside the tags that came with it: they stay. */
function withoutDigest(own: readonly IndexEntry[], entry: IndexEntry): readonly IndexEntry[] {
  const ref = entryRef(entry);
  const digest = entry.repoDigest ?? ref?.digest;
  return own.flatMap((other) => {
    if (ref === undefined || other.repoDigest !== digest || !isOfRepository(other, repositoryOf(ref))) return [other];
    const { repoDigest: _, ...tagged } = other;
    return entryRef(other)?.digest === undefined ? [tagged] : [];
  });
}

/** The digests of a repository go with its last tag. */
function withoutTag(own: readonly IndexEntry[], entry: IndexEntry): readonly IndexEntry[] {
  const others = own.filter((other) => other !== entry);
  const ref = entryRef(entry);
  if (ref === undefined) return others;
  const sameRepository = others.filter((other) => isOfRepository(other, repositoryOf(ref)));
  const hasTag = sameRepository.some((other) => entryRef(other)?.digest === undefined);
  return hasTag ? others : others.filter((other) => !sameRepository.includes(other));
}

function isOfRepository(entry: IndexEntry, repository: string): boolean {
  const ref = entryRef(entry);
  return ref !== undefined && repositoryOf(ref) === repository;
}

function anonymous(entry: IndexEntry): IndexEntry {
  const { name: _, repoDigest: __, ...rest } = entry;
  return rest;
}

function referenceInUse({ text, imageId }: RemovalRequest, user: ImageUser): EngineError {
  return new EngineError(
    "imageInUse",
    `conflict: unable to remove repository reference "${text}" (must force) - container ${shortId(user.id)} is using its referenced image ${shortImageId(imageId)}`,
    { hint: `remove the container "${user.name}" first`, details: { container: user.id } },
  );
}

function containerInTheWay(request: RemovalRequest, user: ImageUser): EngineError {
  const [force, state] = user.running
    ? (["cannot be forced", "running"] as const)
    : (["must be forced", "stopped"] as const);
  return conflict(request, force, `image is being used by ${state} container ${shortId(user.id)}`);
}

function conflict({ imageId }: RemovalRequest, force: string, reason: string): EngineError {
  return new EngineError("imageInUse", `conflict: unable to delete ${shortImageId(imageId)} (${force}) - ${reason}`);
}

function shortImageId(id: Digest): string {
  return shortId(id.slice(id.indexOf(":") + 1));
}
