import { EngineError, type ErrorCode, failPoint, growHeapFreely } from "../base/index.ts";
import { type Descriptor, type DiffId, type LayerCompression, layerCompression } from "../oci/index.ts";
import { decompress, type ExpansionLimits, expansionLimit } from "./decompress.ts";
import { digestHex, hashFor } from "./digest.ts";
import type { LayerIntake, LayerSink } from "./layerSink.ts";
import type { LayerPhase } from "./pullEvents.ts";
import type { PartialBlob, PullStore } from "./pullStore.ts";
import { LayerClock, type LayerTrace } from "./pullTrace.ts";
import { interrupted } from "./registry/retry.ts";
import { coalesce, VerifiedBlob } from "./verifiedBlob.ts";

export interface LayerJob {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
}

export interface LayerContext {
  /** The bytes of a blob from `offset` on, from a registry or an archive. The reader verifies them. */
  readonly readSource: (descriptor: Descriptor, offset: number) => AsyncIterable<Uint8Array>;
  readonly store: PullStore;
  /** Undefined when somebody else in this pull unpacks the same layer: then it is only stored and verified. */
  readonly layers: LayerSink | undefined;
  readonly limits: ExpansionLimits;
  /** Whether the beginning of a blob is worth keeping after a failure: what was downloaded is. */
  readonly keepsUnfinished: boolean;
  readonly signal: AbortSignal;
  report(phase: LayerPhase, current: number): void;
  /** Called with what was measured of a layer that was streamed; nothing is measured without it. */
  readonly onTrace?: (trace: LayerTrace) => void;
}

/** Large enough that hand-overs to the thread pool cost nothing, small enough for memory with several layers at once. */
const chunkBytes = 512 * 1024;

/** From here on a layer's buffers would make V8 collect its whole heap, again and again. */
const longBytes = 8 * 1024 * 1024;

/** After these the bytes are known to be wrong or useless; after anything else they are worth keeping. */
const worthlessAfter: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "digestMismatch",
  "sizeMismatch",
  "diffIdMismatch",
  "malformedLayer",
  "unsafeLayer",
  "limitExceeded",
]);

/**
 * Brings one layer into the blob store and the layer store, whatever of both is there already. Downloading, both
 * digests, decompression and unpacking run at the same time; nothing becomes visible before all checks have passed.
 * On failure the unpacked part is gone, and the downloaded part is kept if another attempt can go on from it.
 *
 * Returns whether there was nothing to do.
 */
export async function pullLayer(job: LayerJob, context: LayerContext): Promise<"existed" | "brought"> {
  const { store, signal } = context;
  if (await store.hasBlob(job.descriptor.digest)) return unpackStored(job, context);
  const partial = await store.openPartial(job.descriptor, signal);
  try {
    failPoint("pull.blob-open");
    if (partial.complete) return await unpackStored(job, context);
    return await download(job, context, partial);
  } catch (error) {
    const isWorthless = error instanceof EngineError && worthlessAfter.has(error.code);
    if ((isWorthless || !context.keepsUnfinished) && !partial.complete) await partial.discard();
    // Bytes of an earlier invocation may be the wrong ones: one attempt from the start decides.
    if (!isWorthless || partial.complete || partial.offset === 0 || error.code !== "digestMismatch") throw error;
  } finally {
    await partial.release();
  }
  return pullLayer(job, context);
}

async function download(job: LayerJob, context: LayerContext, partial: PartialBlob): Promise<"brought"> {
  const intake = await beginIntake(job, context);
  try {
    await stream(job, context, { source: downloadedBytes(job, context, partial), intake });
    failPoint("pull.blob-done");
    await bothOnDisk(partial, intake);
    await intake?.commit();
  } catch (error) {
    await abandon(intake);
    throw error;
  }
  return "brought";
}

/** Two waits for one disk, at the same time. Both are over when one has failed: what they work on is taken away then. */
async function bothOnDisk(partial: PartialBlob, intake: LayerIntake | undefined): Promise<void> {
  const [blob, tree] = await Promise.allSettled([partial.finish(), intake?.finish()]);
  if (blob.status === "rejected") throw blob.reason;
  if (tree.status === "rejected") throw tree.reason;
}

/** Unpacks a layer whose blob is in the store, with all checks, unless it is unpacked already. */
export async function unpackStored(
  job: LayerJob,
  context: Omit<LayerContext, "readSource" | "keepsUnfinished">,
): Promise<"existed" | "brought"> {
  const intake = await beginIntake(job, context);
  if (intake === undefined) return "existed";
  try {
    context.report("extracting", 0);
    await stream(job, context, { source: context.store.readBlob(job.descriptor.digest), intake });
    await intake.commit();
  } catch (error) {
    await abandon(intake);
    throw error instanceof EngineError && (error.code === "digestMismatch" || error.code === "sizeMismatch")
      ? damagedBlob(job, error)
      : error;
  }
  return "brought";
}

async function beginIntake(
  { diffId }: LayerJob,
  { layers }: Pick<LayerContext, "layers">,
): Promise<LayerIntake | undefined> {
  return layers === undefined || (await layers.has(diffId)) ? undefined : layers.begin(diffId);
}

/** Clean-up must not hide the failure that made it necessary. */
async function abandon(intake: LayerIntake | undefined): Promise<void> {
  await intake?.abort().catch(() => undefined);
}

interface LayerStream {
  readonly source: AsyncIterable<Uint8Array>;
  readonly intake: LayerIntake | undefined;
}

/** Runs the bytes of a blob through all checks and into the intake. */
async function stream(
  job: LayerJob,
  context: Omit<LayerContext, "readSource" | "keepsUnfinished">,
  { source, intake }: LayerStream,
): Promise<void> {
  const { descriptor, diffId } = job;
  const clock = context.onTrace === undefined ? undefined : new LayerClock();
  const growthEnds = descriptor.size < longBytes ? undefined : await growHeapFreely();
  const blob = new VerifiedBlob(descriptor, clock?.waiting(source, "sourceMs") ?? source);
  try {
    const hash = hashFor(diffId);
    const uncompressed = decompress(blob, {
      compression: compressionOf(descriptor),
      maxBytes: expansionLimit(descriptor.size, context.limits),
      what: `layer "${descriptor.digest}"`,
    });
    for await (const chunk of clock?.waiting(uncompressed, "inflateMs") ?? uncompressed) {
      if (context.signal.aborted) throw interrupted();
      if (clock === undefined) hash.update(chunk);
      else clock.hash(() => hash.update(chunk));
      const pressure = intake?.write(chunk);
      if (pressure !== undefined) await (clock?.write(pressure) ?? pressure);
    }
    await blob.verify();
    checkDiffId(job, hash.digest("hex"));
    if (clock !== undefined) context.onTrace?.(clock.finish({ ...descriptor, diffId }));
  } catch (error) {
    // Damage that was done on the way shows first as a stream that cannot be decompressed.
    if (error instanceof EngineError && error.code === "malformedLayer") await blob.verify();
    throw error;
  } finally {
    growthEnds?.();
    await blob.close();
  }
}

/** What an earlier invocation left behind, then the rest from its source, appended to the partial blob on the way. */
async function* downloadedBytes(
  { descriptor }: LayerJob,
  context: LayerContext,
  partial: PartialBlob,
): AsyncGenerator<Uint8Array> {
  let current = 0;
  for await (const chunk of partial.readExisting()) {
    current += chunk.length;
    context.report("verifying", current);
    yield chunk;
  }
  context.report("downloading", current);
  for await (const chunk of coalesce(context.readSource(descriptor, partial.offset), chunkBytes)) {
    const pressure = partial.append(chunk);
    if (pressure !== undefined) await pressure;
    failPoint("pull.blob-mid");
    current += chunk.length;
    context.report("downloading", current);
    yield chunk;
  }
  context.report("extracting", current);
}

function compressionOf({ mediaType }: Descriptor): LayerCompression {
  const compression = layerCompression(mediaType);
  if (compression === undefined) throw new Error(`unchecked media type ${mediaType}`);
  return compression;
}

function checkDiffId({ descriptor, diffId }: LayerJob, actual: string): void {
  if (actual === digestHex(diffId)) return;
  throw new EngineError(
    "diffIdMismatch",
    `the layer "${descriptor.digest}" unpacks to "sha256:${actual}", but the image's configuration says "${diffId}"`,
    { hint: "the image was put together wrongly; it must be built and pushed again" },
  );
}

function damagedBlob({ descriptor }: LayerJob, cause: EngineError): EngineError {
  return new EngineError("storeCorrupt", `the blob "${descriptor.digest}" in the image store is damaged`, {
    hint: 'remove the images that use it with "brig rmi" and pull again',
    cause,
  });
}
