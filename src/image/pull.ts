import { failPoint } from "../base/index.ts";
import type { Digest, Platform } from "../oci/index.ts";
import { bringLayers, layerJobs } from "./bringLayers.ts";
import { checkDocumentDigests } from "./checkImage.ts";
import { defaultExpansionLimits, type ExpansionLimits } from "./decompress.ts";
import type { LayerSink } from "./layerSink.ts";
import { hostPlatform } from "./platform.ts";
import { eventsOf, type PullEvent } from "./pullEvents.ts";
import type { PullStore, TaggedImage } from "./pullStore.ts";
import { type PullTrace, tracesOf } from "./pullTrace.ts";
import { familiarName, type ImageRef, withDefaultTag } from "./reference.ts";
import { readRemoteBlob } from "./registry/blob.ts";
import { RepositoryClient } from "./registry/client.ts";
import type { RegistryOptions } from "./registry/options.ts";
import { type ImageSource, imageSources, withSources } from "./registry/sources.ts";
import { type ResolvedImage, resolveRemote } from "./resolveRemote.ts";
import { planTrust, type TrustCheck, type TrustRequest } from "./trust/requireTrust.ts";

export interface PullImageRequest {
  /** Without tag and digest it means `latest`. */
  readonly reference: ImageRef;
  /** This machine's platform when left out. */
  readonly platform?: Platform;
  readonly store: PullStore;
  readonly layers: LayerSink;
  readonly registry?: Omit<RegistryOptions, "signal">;
  readonly limits?: Partial<ExpansionLimits>;
  /** What must hold of the image before any of it is stored. */
  readonly trust?: TrustRequest;
  /** How many layers are downloaded at a time; 3 when left out. */
  readonly parallelLayers?: number;
  /** Told of each thing that the pull does; nothing is measured without it. */
  readonly onTrace?: (trace: PullTrace) => void;
  readonly signal?: AbortSignal;
}

/**
 * Pulls an image: some layers at a time, each downloaded, verified and unpacked in one pass; then the documents, and
 * the name last. Mirrors of its registry are asked first; what one of them cannot serve the next one does, and what was
 * brought by then stays. Whatever is there already is not fetched again. The pull happens while the events are read; to
 * stop reading is to interrupt it, like `signal`. On failure no name changes and partial downloads are kept.
 *
 * @throws EngineError.
 */
export async function* pullImage(request: PullImageRequest): AsyncGenerator<PullEvent> {
  yield* eventsOf<PullEvent>(request.signal, (report, stop) => run({ ...request, signal: stop.signal }, report));
}

type Report = (event: PullEvent) => void;

async function run(request: PullImageRequest, report: Report): Promise<void> {
  const { registry, signal } = request;
  const reference = withDefaultTag(request.reference);
  const sources = imageSources(reference, { ...registry, ...(signal === undefined ? {} : { signal }) });
  const checkTrust = await planTrust(reference, request.trust ?? {});
  await withSources(
    sources,
    async (source) => {
      // The failure of one layer ends the others, and not the attempt that a next source gets.
      const stop = new AbortController();
      const ended = AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])]);
      const attempt = { ...request, reference, checkTrust, signal: ended, stop: () => stop.abort() };
      await pullFrom(source, attempt, report);
    },
    (message) => report({ kind: "notice", message }),
  );
}

type RunningPull = PullImageRequest & {
  readonly signal: AbortSignal;
  readonly stop: () => void;
  readonly checkTrust: TrustCheck;
};

async function pullFrom(source: ImageSource, request: RunningPull, report: Report): Promise<void> {
  const { store, signal, reference } = request;
  const { onTrace } = request;
  const client = await RepositoryClient.open(source.reference, {
    ...source.options,
    signal,
    ...(onTrace === undefined ? {} : { onRequest: (seen) => onTrace({ about: "request", ...seen }) }),
  });
  try {
    const image = await resolveRemote({
      reference,
      client,
      store,
      platform: request.platform ?? hostPlatform(),
      isPlatformExplicit: request.platform !== undefined,
    });
    failPoint("pull.resolved");
    await request.checkTrust({ digest: image.digest, client });
    if (request.onTrace !== undefined)
      for (const trace of tracesOf(image, request.platform ?? hostPlatform())) request.onTrace(trace);
    const { digest, platform } = image;
    const name = familiarName(reference);
    report({ kind: "resolved", reference: name, digest, platform });
    for (const message of image.notices) report({ kind: "notice", message });
    const upToDate = (await isThere(request, image))
      ? reportLayersThere(image, report)
      : await bring({ ...request, report }, { client, image });
    const { rateLimit } = client;
    if (rateLimit !== undefined) report({ kind: "rateLimit", registry: source.reference.registry, rateLimit });
    report({ kind: "done", reference: name, digest, upToDate });
  } finally {
    client.close();
  }
}

/** Whether the pull would change nothing. Looks without a lock: what is swept away in this moment was there before it. */
async function isThere({ store, layers, reference }: RunningPull, image: ResolvedImage): Promise<boolean> {
  if (!store.isTagged(reference, taggedImage(image))) return false;
  const blobs = [...documentDigests(image), ...image.manifest.layers.map(({ digest }) => digest)];
  const found = await Promise.all([
    ...blobs.map((digest) => store.hasBlob(digest)),
    ...image.config.rootfs.diff_ids.map((diffId) => layers.has(diffId)),
  ]);
  return found.every(Boolean);
}

function reportLayersThere(image: ResolvedImage, report: Report): true {
  for (const { descriptor } of layerJobs([image])) {
    const { digest, size } = descriptor;
    report({ kind: "layer", digest, phase: "exists", current: size, total: size });
  }
  return true;
}

interface Bringing {
  readonly client: RepositoryClient;
  readonly image: ResolvedImage;
}

/** Returns whether everything was there already, when another pull has just brought it. */
async function bring(
  request: RunningPull & { readonly report: Report },
  { client, image }: Bringing,
): Promise<boolean> {
  const hold = await request.store.holdOffSweeps(request.signal);
  try {
    failPoint("pull.locked");
    const hadAll = await bringLayers(layerJobs([image]), {
      ...request,
      keepsUnfinished: true,
      limits: { ...defaultExpansionLimits, ...request.limits },
      readSource: (descriptor, offset) => readRemoteBlob(client, descriptor, offset),
    });
    const { changed } = await nameImage(request, image);
    failPoint("pull.tagged");
    return hadAll && !changed;
  } finally {
    hold.release();
  }
}

/** Documents come after everything they refer to, and the name comes last (SECURITY-BASELINE R11). */
async function nameImage(
  { store, reference }: RunningPull,
  image: ResolvedImage,
): Promise<{ readonly changed: boolean }> {
  checkDocumentDigests(documentDigests(image));
  for (const { bytes, mediaType } of image.documents) await store.putDocument(bytes, mediaType);
  failPoint("pull.documents-stored");
  return store.setTag(reference, taggedImage(image));
}

const documentDigests = ({ digest, manifestDescriptor, manifest }: ResolvedImage): readonly Digest[] => [
  digest,
  manifestDescriptor.digest,
  manifest.config.digest,
];

function taggedImage({ digest, manifestDescriptor, platform }: ResolvedImage): TaggedImage {
  return {
    manifest: manifestDescriptor,
    platform,
    ...(digest === manifestDescriptor.digest ? {} : { indexDigest: digest }),
  };
}
