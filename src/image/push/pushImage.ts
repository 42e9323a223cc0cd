import { EngineError } from "../../base/index.ts";
import type { Descriptor, Digest, Platform } from "../../oci/index.ts";
import { formatPlatform } from "../platform.ts";
import { eventsOf } from "../pullEvents.ts";
import { familiarName, type ImageRef, withDefaultTag } from "../reference.ts";
import { RepositoryClient } from "../registry/client.ts";
import type { RegistryOptions } from "../registry/options.ts";
import { putManifest } from "../registry/putManifest.ts";
import type { ImageStore } from "../store.ts";
import { isManifestEntry } from "../storedImage.ts";
import { type IndexEntry, readIndex } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { entriesNamed, entryRef, repositoryOf } from "../storeNames.ts";
import { indexedImage, manifestFor, type OutgoingImage, singleImage } from "./outgoingImage.ts";
import { type BlobSetting, pushBlobs } from "./pushBlobs.ts";
import type { PushEvent } from "./pushEvents.ts";

export interface PushImageRequest {
  /** Without a tag it means `latest`, or with `allTags` every tag. */
  readonly reference: ImageRef;
  readonly allTags?: boolean;
  /** Push only the image for this platform, without its index. */
  readonly platform?: Platform;
  readonly store: ImageStore;
  readonly registry?: Omit<RegistryOptions, "signal">;
  readonly signal?: AbortSignal;
}

/**
 * Pushes an image as it is here, byte for byte: its layers and configuration, several at a time, then the manifests,
 * then the index, and the name last; what the registry has already is not sent again. The push happens while the
 * events are read; to stop reading is to interrupt it, like `signal`.
 *
 * An index goes along when every manifest in it is here or in the repository; otherwise only the image that the name
 * means here is pushed, and a notice says so.
 *
 * @throws EngineError `invalidReference`, `imageNotFound`, and those of the registry.
 */
export function pushImage(request: PushImageRequest): AsyncGenerator<PushEvent> {
  return eventsOf(request.signal, (report, stop) => run(request, report, stop));
}

type Report = (event: PushEvent) => void;

async function run(request: PushImageRequest, report: Report, stop: AbortController): Promise<void> {
  const { reference, store } = request;
  const { signal } = stop;
  const names = namesToPush(request);
  const hold = await store.holdOffSweeps(signal);
  let client: RepositoryClient | undefined;
  try {
    client = await RepositoryClient.open(reference, { ...request.registry, signal }, "push");
    const { registry, repository } = reference;
    report({ kind: "started", repository: repositoryOf(reference) });
    const there = new Set<Digest>();
    const setting: BlobSetting = { store, client, report, stop, there, sources: mountSources(store, reference) };
    for (const { tag, entry } of names) {
      const named = { ref: { registry, repository, tag }, entry };
      const image = await chooseImage(request, named, { client, report });
      await pushBlobs(image.blobs, setting);
      for (const document of image.documents) await putManifest(client, document.digest, document);
      await putManifest(client, tag, image.root);
      const { digest, bytes } = image.root;
      // An index that is kept here whole is not given up for one of its platforms.
      if (request.platform === undefined) await noteDigest(store, entry, digest);
      report({ kind: "done", reference: familiarName(named.ref), tag, digest, size: bytes.length });
    }
  } finally {
    hold.release();
    client?.close();
  }
}

interface TaggedEntry {
  readonly tag: string;
  readonly entry: IndexEntry;
}

/** @throws EngineError `invalidReference` for a digest, `imageNotFound` with Docker's sentence. */
function namesToPush({ reference, allTags = false, store }: PushImageRequest): readonly TaggedEntry[] {
  if (reference.digest !== undefined) throw new EngineError("invalidReference", "cannot push a digest reference");
  if (allTags && reference.tag !== undefined) {
    throw new EngineError("invalidReference", "tag can't be used with --all-tags/-a");
  }
  const entries = readIndex(storeLayout(store.directory)).filter(isManifestEntry);
  const wanted = withDefaultTag(reference);
  const found = allTags ? everyTag(entries, reference) : entriesNamed(entries, wanted).slice(0, 1);
  const tagged = found.flatMap((entry) => {
    const tag = entryRef(entry)?.tag;
    return tag === undefined ? [] : [{ tag, entry }];
  });
  if (tagged.length > 0) return tagged;
  // Docker's sentences, the one for a repository without any tag and the one for a tag that is missing in it.
  const name = familiarName({ registry: reference.registry, repository: reference.repository });
  const isKnown = everyTag(entries, reference).length > 0;
  const sentence = isKnown
    ? `tag does not exist: ${familiarName(wanted)}`
    : `An image does not exist locally with the tag: ${name}`;
  const hint = 'list the images with "brig images"; "brig tag" gives one another name';
  throw new EngineError("imageNotFound", sentence, { hint });
}

function everyTag(entries: readonly IndexEntry[], reference: ImageRef): readonly IndexEntry[] {
  return entries.filter((entry) => {
    const ref = entryRef(entry);
    return ref?.tag !== undefined && repositoryOf(ref) === repositoryOf(reference);
  });
}

interface ChoiceSetting {
  readonly client: RepositoryClient;
  readonly report: Report;
}

async function chooseImage(
  { store, platform }: PushImageRequest,
  { ref, entry }: { readonly ref: ImageRef; readonly entry: IndexEntry },
  { client, report }: ChoiceSetting,
): Promise<OutgoingImage> {
  if (platform !== undefined) {
    return singleImage(store, await manifestFor(store, { entry, name: familiarName(ref), platform }));
  }
  const indexed = await indexedImage(store, entry);
  if (indexed !== undefined && (await areThere(client, indexed.absent))) return indexed;
  const single = await singleImage(store, entry.manifest);
  if (indexed !== undefined) {
    const own = entry.manifest.platform;
    const what = own === undefined ? "the image" : `the image for ${formatPlatform(own)}`;
    const message = `not all of the index ${indexed.root.digest} is here: only ${what} is pushed`;
    report({ kind: "notice", message });
  }
  return single;
}

/** Whether the repository has all of these manifests. */
async function areThere(client: RepositoryClient, manifests: readonly Descriptor[]): Promise<boolean> {
  for (const { digest } of manifests) {
    try {
      await client.head(digest);
    } catch (error) {
      if (error instanceof EngineError && error.code === "registryNotFound") return false;
      throw error;
    }
  }
  return true;
}

/** Which blobs other repositories of this registry have, as far as names here tell. */
function mountSources(store: ImageStore, target: ImageRef): ReadonlyMap<Digest, string> {
  const sources = new Map<Digest, string>();
  for (const { manifest, tags, digests } of store.list()) {
    const names = [...digests, ...tags].filter(({ registry }) => registry === target.registry);
    const other = names.find(({ repository }) => repository !== target.repository);
    if (other === undefined) continue;
    for (const { digest } of [manifest.config, ...manifest.layers]) sources.set(digest, other.repository);
  }
  return sources;
}

/** Remembers the digest that the registry now knows the name by, unless the name has moved on meanwhile. */
async function noteDigest(store: ImageStore, pushed: IndexEntry, repoDigest: Digest): Promise<void> {
  if (pushed.repoDigest === repoDigest) return;
  await store.changeIndex((entries) => {
    const at = entries.findIndex(
      ({ name, manifest }) => name === pushed.name && manifest.digest === pushed.manifest.digest,
    );
    const entry = entries[at];
    return entry === undefined
      ? { result: false }
      : { result: true, entries: entries.with(at, { ...entry, repoDigest }) };
  });
}
