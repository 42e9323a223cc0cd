import { EngineError } from "../../base/index.ts";
import type { Digest } from "../../oci/index.ts";
import { familiarName, type ImageRef, parseImageRef } from "../reference.ts";
import type { IndexEntry } from "../storeIndex.ts";
import { entryRef, repositoryOf } from "../storeNames.ts";

/** All names of the store that share a registry and a repository. */
interface Repository {
  /** `docker.io/library/alpine`: leads to one repository only, always. */
  readonly full: string;
  /** `library/alpine`: what a mirror is asked for. Two registries may have the same. */
  readonly path: string;
  /** `alpine`. */
  readonly familiar: string;
  readonly entries: IndexEntry[];
}

/** What the store offers, under the names that a client may ask for. Made anew for each request from the index. */
export interface ServedRepositories {
  /** The entries that a name leads to; empty for an unknown name. */
  find(name: string): readonly IndexEntry[];
  /** One name for each repository, the shortest that leads to nothing else, sorted. */
  names(): readonly string[];
}

export function servedRepositories(entries: readonly IndexEntry[]): ServedRepositories {
  const repositories = groupByRepository(entries);
  const matching = (name: string): readonly Repository[] => match(repositories, name);
  return {
    find: (name) => matching(name).flatMap((repository) => repository.entries),
    names: () => [...new Set(repositories.map((repository) => shortestName(repository, matching)))].sort(),
  };
}

function groupByRepository(entries: readonly IndexEntry[]): readonly Repository[] {
  const repositories = new Map<string, Repository>();
  for (const entry of entries) {
    const ref = entryRef(entry);
    if (ref === undefined) continue;
    const full = repositoryOf(ref);
    const repository = repositories.get(full) ?? {
      full,
      path: ref.repository,
      familiar: familiarRepository(ref),
      entries: [],
    };
    repository.entries.push(entry);
    repositories.set(full, repository);
  }
  return [...repositories.values()];
}

function familiarRepository({ registry, repository }: ImageRef): string {
  return familiarName({ registry, repository });
}

/** The full name first, because it can mean one thing only; a familiar name only when it does, too. */
function match(repositories: readonly Repository[], name: string): readonly Repository[] {
  const full = repositories.filter((repository) => repository.full === name);
  if (full.length > 0) return full;
  const byPath = repositories.filter((repository) => repository.path === name);
  if (byPath.length > 0) return byPath;
  const familiar = repositories.filter((repository) => repository.familiar === name);
  return familiar.length === 1 ? familiar : [];
}

function shortestName(repository: Repository, matching: (name: string) => readonly Repository[]): string {
  const { familiar, path, full } = repository;
  // A registry's port has no place in a repository's name (distribution-spec, "Pulling manifests").
  const candidates = [familiar, path]
    .filter((name) => !name.includes(":"))
    .toSorted((one, other) => one.length - other.length);
  return candidates.find((name) => matching(name).length === 1 && matching(name)[0] === repository) ?? full;
}

/**
 * Where a push under `name` goes, and what it means to `brig run`: `app` is `docker.io/library/app`. Undefined when it
 * is no repository's name, or `tag` is no tag.
 */
export function pushTarget(name: string, tag = "latest"): ImageRef | undefined {
  try {
    const ref = parseImageRef(`${name}:${tag}`);
    return ref.tag === tag && ref.digest === undefined ? ref : undefined;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** The entries of exactly one repository. */
export function entriesOf(entries: readonly IndexEntry[], target: ImageRef): readonly IndexEntry[] {
  const repository = repositoryOf(target);
  return entries.filter((entry) => {
    const ref = entryRef(entry);
    return ref !== undefined && repositoryOf(ref) === repository;
  });
}

/** What a client gets for the name of an entry: the whole index where somebody pushed one. */
export function servedDigest({ manifest, repoDigest, pushed }: IndexEntry): Digest {
  return pushed === "index" && repoDigest !== undefined ? repoDigest : manifest.digest;
}

/** The tags of a repository with every manifest they stand for: more than one when two registries' names collide. */
export function tagsOf(entries: readonly IndexEntry[]): ReadonlyMap<string, readonly IndexEntry[]> {
  const tags = new Map<string, IndexEntry[]>();
  for (const entry of entries) {
    const tag = entryRef(entry)?.tag;
    if (tag === undefined) continue;
    const others = tags.get(tag) ?? [];
    if (!others.some((other) => servedDigest(other) === servedDigest(entry))) tags.set(tag, [...others, entry]);
  }
  return tags;
}
