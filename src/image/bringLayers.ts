import { EngineError } from "../base/index.ts";
import type { Descriptor, Digest, ImageConfig, ImageManifest } from "../oci/index.ts";
import type { LayerEvent, LayerPhase } from "./pullEvents.ts";
import { type LayerContext, type LayerJob, pullLayer } from "./pullLayer.ts";

const defaultParallelLayers = 3;
const progressIntervalMs = 100;

/** What brings layers in, and where to; `layers` takes what is not unpacked yet. */
export interface LayerTransport extends Omit<LayerContext, "layers" | "report"> {
  readonly layers: NonNullable<LayerContext["layers"]>;
  /** How many come at a time; 3 when left out. */
  readonly parallelLayers?: number;
  /** Stops the layers that are under way when one has failed. */
  stop(): void;
  report(event: LayerEvent): void;
}

/**
 * One job for each distinct blob of the images, whose numbers of layers and diffIds were compared.
 *
 * @throws EngineError `malformedDocument` when they do not agree on one.
 */
export function layerJobs(
  images: readonly { readonly manifest: ImageManifest; readonly config: ImageConfig }[],
): readonly LayerJob[] {
  const jobs = new Map<Digest, LayerJob>();
  for (const { manifest, config } of images) {
    for (const [index, descriptor] of manifest.layers.entries()) {
      const diffId = config.rootfs.diff_ids[index];
      if (diffId === undefined) throw new Error("the numbers of layers and diffIds were compared before");
      const known = jobs.get(descriptor.digest);
      if (known === undefined) jobs.set(descriptor.digest, { descriptor, diffId });
      else checkSameLayer(known, { descriptor, diffId });
    }
  }
  return [...jobs.values()];
}

function checkSameLayer(known: LayerJob, other: LayerJob): void {
  if (known.diffId === other.diffId && known.descriptor.size === other.descriptor.size) return;
  throw new EngineError("malformedDocument", `the image lists the layer "${other.descriptor.digest}" in two ways`);
}

/**
 * Brings layers in, some at a time. Returns whether all of them were there already. The first failure stops the others
 * and is the one that counts.
 */
export async function bringLayers(jobs: readonly LayerJob[], transport: LayerTransport): Promise<boolean> {
  const waiting = jobs.map((job, index) => ({
    job,
    // Of two blobs with the same content only the first is unpacked.
    isFirst: jobs.findIndex(({ diffId }) => diffId === job.diffId) === index,
    reportLayer: layerReporter(job.descriptor, transport.report),
  }));
  for (const { reportLayer } of waiting) reportLayer("waiting", 0);
  const results: ("existed" | "brought")[] = [];
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failure === undefined; next = waiting.shift()) {
      const { job, isFirst, reportLayer } = next;
      try {
        const layers = isFirst ? transport.layers : undefined;
        const result = await pullLayer(job, { ...transport, layers, report: reportLayer });
        results.push(result);
        reportLayer(result === "existed" ? "exists" : "done", job.descriptor.size);
      } catch (error) {
        failure ??= { error };
        transport.stop();
      }
    }
  };
  await Promise.all(Array.from({ length: transport.parallelLayers ?? defaultParallelLayers }, worker));
  if (failure !== undefined) throw failure.error;
  return results.every((result) => result === "existed");
}

/** Reports every change of phase, and progress within a phase ten times a second at most. */
function layerReporter({ digest, size }: Descriptor, report: (event: LayerEvent) => void): LayerContext["report"] {
  let lastPhase: LayerPhase | undefined;
  let lastTime = 0;
  return (phase, current) => {
    const now = performance.now();
    if (phase === lastPhase && now - lastTime < progressIntervalMs) return;
    [lastPhase, lastTime] = [phase, now];
    report({ kind: "layer", digest, phase, current, total: size });
  };
}
