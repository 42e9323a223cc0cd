import { EngineError, failPoint } from "../base/index.ts";
import type { Descriptor, Digest, Platform } from "../oci/index.ts";
import { defaultExpansionLimits, type ExpansionLimits } from "./decompress.ts";
import { digestAlgorithm } from "./digest.ts";
import type { LayerSink } from "./layerSink.ts";
import { hostPlatform } from "./platform.ts";
import { eventsOf, type LayerPhase, type PullEvent } from "./pullEvents.ts";
import { type LayerContext, type LayerJob, pullLayer } from "./pullLayer.ts";
import type { PullStore } from "./pullStore.ts";
import { familiarName, type ImageRef, withDefaultTag } from "./reference.ts";
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
  readonly signal?: AbortSignal;
}

const defaultParallelLayers = 3;
const progressIntervalMs = 100;

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
  const client = await RepositoryClient.open(source.reference, { ...source.options, signal });
  const hold = await store.holdOffSweeps(signal);
  try {
    failPoint("pull.locked");
    const image = await resolveRemote({
      reference,
      client,
      store,
      platform: request.platform ?? hostPlatform(),
      isPlatformExplicit: request.platform !== undefined,
    });
    failPoint("pull.resolved");
    await request.checkTrust({ digest: image.digest, client });
    const { digest, platform } = image;
    const name = familiarName(reference);
    report({ kind: "resolved", reference: name, digest, platform });
    for (const message of image.notices) report({ kind: "notice", message });
    const hadAll = await pullLayers({ request, client, report }, layerJobs(image));
    const { changed } = await nameImage(request, image);
    failPoint("pull.tagged");
    const { rateLimit } = client;
    if (rateLimit !== undefined) report({ kind: "rateLimit", registry: source.reference.registry, rateLimit });
    report({ kind: "done", reference: name, digest, upToDate: hadAll && !changed });
  } finally {
    hold.release();
    client.close();
  }
}

/** Documents come after everything they refer to, and the name comes last (SECURITY-BASELINE R11). */
async function nameImage(
  { store, reference }: RunningPull,
  image: ResolvedImage,
): Promise<{ readonly changed: boolean }> {
  checkAlgorithms(image);
  for (const { bytes, mediaType } of image.documents) await store.putDocument(bytes, mediaType);
  failPoint("pull.documents-stored");
  return store.setTag(reference, {
    manifest: image.manifestDescriptor,
    platform: image.platform,
    ...(image.digest === image.manifestDescriptor.digest ? {} : { indexDigest: image.digest }),
  });
}

/** The store names documents by sha256; layers may have either algorithm. */
function checkAlgorithms({ digest, manifestDescriptor, manifest }: ResolvedImage): void {
  const odd = [digest, manifestDescriptor.digest, manifest.config.digest].find(
    (each) => digestAlgorithm(each) !== "sha256",
  );
  if (odd === undefined) return;
  throw new EngineError("notOffered", `cannot store the document "${odd}": only sha256 is supported for documents`);
}

/** One job for each distinct blob. */
function layerJobs({ manifest, config }: ResolvedImage): readonly LayerJob[] {
  const jobs = new Map<Digest, LayerJob>();
  manifest.layers.forEach((descriptor, index) => {
    const diffId = config.rootfs.diff_ids[index];
    if (diffId === undefined) throw new Error("the numbers of layers and diffIds were compared before");
    const known = jobs.get(descriptor.digest);
    if (known === undefined) jobs.set(descriptor.digest, { descriptor, diffId });
    else checkSameLayer(known, { descriptor, diffId });
  });
  return [...jobs.values()];
}

function checkSameLayer(known: LayerJob, other: LayerJob): void {
  if (known.diffId === other.diffId && known.descriptor.size === other.descriptor.size) return;
  throw new EngineError("malformedDocument", `the image lists the layer "${other.descriptor.digest}" in two ways`);
}

interface PullContext {
  readonly request: RunningPull;
  readonly client: RepositoryClient;
  readonly report: Report;
}

/** Returns whether all layers were there already. The first failure stops the others and is the one that counts. */
async function pullLayers({ request, client, report }: PullContext, jobs: readonly LayerJob[]): Promise<boolean> {
  const waiting = jobs.map((job, index) => ({
    job,
    // Of two blobs with the same content only the first is unpacked.
    isFirst: jobs.findIndex(({ diffId }) => diffId === job.diffId) === index,
    reportLayer: layerReporter(job.descriptor, report),
  }));
  for (const { reportLayer } of waiting) reportLayer("waiting", 0);
  const results: ("existed" | "brought")[] = [];
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failure === undefined; next = waiting.shift()) {
      const { job, isFirst, reportLayer } = next;
      try {
        const result = await pullLayer(job, layerContext({ request, client, reportLayer, isFirst }));
        results.push(result);
        reportLayer(result === "existed" ? "exists" : "done", job.descriptor.size);
      } catch (error) {
        failure ??= { error };
        request.stop();
      }
    }
  };
  await Promise.all(Array.from({ length: request.parallelLayers ?? defaultParallelLayers }, worker));
  if (failure !== undefined) throw failure.error;
  return results.every((result) => result === "existed");
}

interface LayerSetting {
  readonly request: RunningPull;
  readonly client: RepositoryClient;
  readonly reportLayer: LayerContext["report"];
  readonly isFirst: boolean;
}

function layerContext({ request, client, reportLayer, isFirst }: LayerSetting): LayerContext {
  return {
    client,
    store: request.store,
    layers: isFirst ? request.layers : undefined,
    limits: { ...defaultExpansionLimits, ...request.limits },
    signal: request.signal,
    report: reportLayer,
  };
}

/** Reports every change of phase, and progress within a phase ten times a second at most. */
function layerReporter({ digest, size }: Descriptor, report: Report): LayerContext["report"] {
  let lastPhase: LayerPhase | undefined;
  let lastTime = 0;
  return (phase, current) => {
    const now = performance.now();
    if (phase === lastPhase && now - lastTime < progressIntervalMs) return;
    [lastPhase, lastTime] = [phase, now];
    report({ kind: "layer", digest, phase, current, total: size });
  };
}
