import { type Digest, documentLimits, isDigest } from "../../oci/index.ts";
import type { ImageStore } from "../store.ts";
import { ownMediaType } from "../storeDocuments.ts";
import type { IndexEntry } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { type Answer, failure, identity, json, unknownName } from "./answer.ts";
import { repositoryContents } from "./contents.ts";
import { entriesOf, pushTarget, type ServedRepositories, servedDigest, tagsOf } from "./repositories.ts";
import type { Page } from "./route.ts";

/** One page of the repositories. */
export function answerCatalog(repositories: ServedRepositories, page: Page): Answer {
  return listPage("/v2/_catalog", page, { key: "repositories", items: repositories.names() });
}

/** One page of the tags of a repository. */
export function answerTags(repositories: ServedRepositories, name: string, page: Page): Answer {
  const entries = repositories.find(name);
  if (entries.length === 0) return unknownName(name);
  return listPage(`/v2/${name}/tags/list`, page, {
    key: "tags",
    items: [...tagsOf(entries).keys()].sort(),
    rest: { name },
  });
}

interface Listing {
  readonly key: "repositories" | "tags";
  readonly items: readonly string[];
  readonly rest?: object;
}

/** One page of a sorted list, with a link to the next one (distribution-spec, "Listing Tags"). */
function listPage(path: string, { count, last }: Page, { key, items, rest = {} }: Listing): Answer {
  const following = last === undefined ? items : items.filter((item) => item > last);
  const page = count === undefined ? following : following.slice(0, count);
  const lastShown = page.at(-1);
  const more = lastShown !== undefined && page.length < following.length;
  const link = `<${path}?n=${count}&last=${encodeURIComponent(lastShown ?? "")}>; rel="next"`;
  return json({ ...rest, [key]: page }, { headers: more ? { Link: link } : {} });
}

interface Wanted {
  readonly name: string;
  readonly reference: string;
}

/** A manifest or index by tag or digest, with its own bytes and type. */
export async function answerManifest(
  store: ImageStore,
  entries: readonly IndexEntry[],
  wanted: Wanted,
): Promise<Answer> {
  const { name, reference } = wanted;
  if (entries.length === 0) return unknownName(name);
  if (isDigest(reference)) return answerDocument(store, entries, reference);
  if (reference.includes(":")) return failure("DIGEST_INVALID", "the digest is not one of a known algorithm");
  const target = pushTarget(name);
  // What was pushed under this name comes first; of two others nobody can say which is meant.
  const own = target === undefined ? [] : (tagsOf(entriesOf(entries, target)).get(reference) ?? []);
  const tagged = own.length > 0 ? own : (tagsOf(entries).get(reference) ?? []);
  if (tagged.length > 1) {
    const names = tagged.map((entry) => `"${entry.name}"`).join(" and ");
    return failure("MANIFEST_UNKNOWN", `the tag "${reference}" is ambiguous: ${names}; ask for the full name`);
  }
  const [entry] = tagged;
  return entry === undefined ? unknownManifest(reference) : answerDocument(store, entries, servedDigest(entry));
}

function unknownManifest(reference: string): Answer {
  return failure("MANIFEST_UNKNOWN", `the repository has no manifest "${reference}"`);
}

/** A manifest, the index that came with it from its registry, or what an index lists. */
async function answerDocument(store: ImageStore, entries: readonly IndexEntry[], digest: Digest): Promise<Answer> {
  const entry = entries.find((other) => other.manifest.digest === digest);
  const listed = (): string | undefined =>
    repositoryContents(storeLayout(store.directory), entries).documents.get(digest)?.descriptor.mediaType;
  const stated = entry?.manifest.mediaType ?? listed();
  const isOurs = stated !== undefined || entries.some((other) => other.repoDigest === digest);
  const body = isOurs ? await store.readDocument(digest, documentLimits.manifestBytes) : undefined;
  if (body === undefined) return unknownManifest(digest);
  const type = stated ?? ownMediaType(body);
  return { status: 200, headers: { "Content-Type": type, "Content-Length": body.length, ...identity(digest) }, body };
}
