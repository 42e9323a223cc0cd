import { open } from "node:fs/promises";
import { errnoOf } from "../../base/index.ts";
import { type Digest, documentKind, documentLimits, isDigest, mediaTypes } from "../../oci/index.ts";
import type { ImageStore } from "../store.ts";
import { isManifestEntry, readManifest } from "../storedImage.ts";
import { type IndexEntry, readIndex } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { type Answer, failure, json } from "./answer.ts";
import { parseByteRange } from "./byteRange.ts";
import { type ServedRepositories, servedRepositories, tagsOf } from "./repositories.ts";
import type { Page, Route } from "./route.ts";

/** The headers of a request that change an answer. */
export interface RequestHeaders {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** Answers one request from what the store holds at this moment. */
export async function answerRoute(store: ImageStore, route: Route, headers: RequestHeaders): Promise<Answer> {
  const repositories = (): ServedRepositories => servedRepositories(readIndex(storeLayout(store.directory)));
  switch (route.kind) {
    case "refused":
      return route.answer;
    case "base":
      return json({});
    case "catalog":
      return listPage("/v2/_catalog", route.page, { key: "repositories", items: repositories().names() });
    case "tags":
      return answerTags(repositories(), route.name, route.page);
    case "manifest":
      return answerManifest(store, repositories().find(route.name), route);
    case "blob":
      return answerBlob(store, repositories().find(route.name), { ...route, headers });
    default:
      return route satisfies never;
  }
}

function answerTags(repositories: ServedRepositories, name: string, page: Page): Answer {
  const entries = repositories.find(name);
  if (entries.length === 0) return unknownName(name);
  return listPage(`/v2/${name}/tags/list`, page, {
    key: "tags",
    items: [...tagsOf(entries).keys()].sort(),
    rest: { name },
  });
}

function unknownName(name: string): Answer {
  return failure("NAME_UNKNOWN", `the image store has no repository "${name}"`);
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

async function answerManifest(store: ImageStore, entries: readonly IndexEntry[], wanted: Wanted): Promise<Answer> {
  const { name, reference } = wanted;
  if (entries.length === 0) return unknownName(name);
  if (isDigest(reference)) return answerDocument(store, entries, reference);
  if (reference.includes(":")) return failure("DIGEST_INVALID", "the digest is not one of a known algorithm");
  const tagged = tagsOf(entries).get(reference) ?? [];
  if (tagged.length > 1) {
    const names = tagged.map((entry) => `"${entry.name}"`).join(" and ");
    return failure("MANIFEST_UNKNOWN", `the tag "${reference}" is ambiguous: ${names}; ask for the full name`);
  }
  const digest = tagged[0]?.manifest.digest;
  return digest === undefined ? unknownManifest(reference) : answerDocument(store, entries, digest);
}

function unknownManifest(reference: string): Answer {
  return failure("MANIFEST_UNKNOWN", `the repository has no manifest "${reference}"`);
}

/** A manifest, or the index that came with it from its registry. */
async function answerDocument(store: ImageStore, entries: readonly IndexEntry[], digest: Digest): Promise<Answer> {
  const entry = entries.find((other) => other.manifest.digest === digest);
  const isOurs = entry !== undefined || entries.some((other) => other.repoDigest === digest);
  const body = isOurs ? await store.readDocument(digest, documentLimits.manifestBytes) : undefined;
  if (body === undefined) return unknownManifest(digest);
  const type = entry?.manifest.mediaType ?? ownMediaType(body);
  return { status: 200, headers: { "Content-Type": type, "Content-Length": body.length, ...identity(digest) }, body };
}

/** The media type that an index says it has; an OCI index need not say it. */
function ownMediaType(bytes: Uint8Array): string {
  const document: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  const type: unknown =
    typeof document === "object" && document !== null ? Reflect.get(document, "mediaType") : undefined;
  return typeof type === "string" && documentKind(type) !== undefined ? type : mediaTypes.ociIndex;
}

function identity(digest: Digest): Answer["headers"] {
  return { "Docker-Content-Digest": digest, ETag: `"${digest}"` };
}

async function answerBlob(
  store: ImageStore,
  entries: readonly IndexEntry[],
  { name, reference, headers }: Wanted & { readonly headers: RequestHeaders },
): Promise<Answer> {
  if (entries.length === 0) return unknownName(name);
  if (!isDigest(reference)) return failure("DIGEST_INVALID", "the digest is not one of a known algorithm");
  const unknown = failure("BLOB_UNKNOWN", `the repository has no blob "${reference}"`);
  if (!blobsOf(store, entries).has(reference)) return unknown;
  const file = await openIfExists(store.blobPath(reference));
  if (file === undefined) return unknown;
  const { size } = await file.stat();
  const fresh = headers.ifRange === undefined || headers.ifRange === `"${reference}"`;
  const range = parseByteRange(fresh ? headers.range : undefined, size);
  const common = { "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", ...identity(reference) };
  if (range.kind === "unsatisfiable") {
    await file.close();
    return failure("RANGE_INVALID", `the blob has ${size} bytes`, { "Content-Range": `bytes */${size}` });
  }
  if (range.kind === "whole") {
    return { status: 200, headers: { ...common, "Content-Length": size }, body: { file, start: 0, length: size } };
  }
  const { start, end } = range;
  const length = end - start + 1;
  const part = { "Content-Length": length, "Content-Range": `bytes ${start}-${end}/${size}` };
  return { status: 206, headers: { ...common, ...part }, body: { file, start, length } };
}

/** A repository gives out the blobs of its own images only, like any registry. */
function blobsOf(store: ImageStore, entries: readonly IndexEntry[]): ReadonlySet<Digest> {
  const layout = storeLayout(store.directory);
  const manifests = entries.filter(isManifestEntry).map((entry) => readManifest(layout, entry));
  return new Set(manifests.flatMap(({ config, layers }) => [config.digest, ...layers.map(({ digest }) => digest)]));
}

async function openIfExists(path: string) {
  try {
    return await open(path, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
