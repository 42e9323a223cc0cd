import { EngineError } from "../../base/index.ts";
import type { Descriptor, Digest } from "../../oci/index.ts";
import type { RepositoryClient } from "../registry/client.ts";
import { type UploadOutcome, uploadBlob } from "../registry/upload.ts";
import type { ImageStore } from "../store.ts";
import { VerifiedBlob } from "../verifiedBlob.ts";
import type { PushEvent, PushPhase } from "./pushEvents.ts";

export interface BlobSetting {
  readonly store: ImageStore;
  readonly client: RepositoryClient;
  readonly report: (event: PushEvent) => void;
  /** Aborted when one fails, to stop the others. */
  readonly stop: AbortController;
  /** Blobs that an earlier image of this push has brought there; grows. */
  readonly there: Set<Digest>;
  /** Another repository of the registry for a blob that may be mounted from it. */
  readonly sources: ReadonlyMap<Digest, string>;
}

/** As many as Docker sends at once. */
const parallelBlobs = 5;
const progressIntervalMs = 100;

/** Brings blobs into the repository, several at a time. The first failure stops the others and is the one that counts. */
export async function pushBlobs(blobs: readonly Descriptor[], setting: BlobSetting): Promise<void> {
  const waiting = blobs.map((blob) => ({ blob, show: blobReporter(blob, setting.report) }));
  for (const { show } of waiting) show("preparing");
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failure === undefined; next = waiting.shift()) {
      try {
        await pushBlob(next.blob, next.show, setting);
      } catch (error) {
        failure ??= { error };
        setting.stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: parallelBlobs }, worker));
  if (failure !== undefined) throw failure.error;
}

type Show = (phase: PushPhase, progress?: { readonly current?: number; readonly from?: string }) => void;

async function pushBlob(blob: Descriptor, show: Show, { store, client, there, sources }: BlobSetting): Promise<void> {
  if (there.has(blob.digest)) return show("exists");
  const mountFrom = sources.get(blob.digest);
  try {
    const outcome = await uploadBlob(client, {
      blob: { ...blob, open: (start) => store.readBlob(blob.digest, start) },
      ...(mountFrom === undefined ? {} : { mountFrom }),
      report: (current) => show("pushing", { current }),
    });
    there.add(blob.digest);
    showOutcome(show, outcome);
  } catch (error) {
    // A registry that does not accept the bytes may be right: then the fault is here.
    if (error instanceof EngineError && error.details.status === 400) await checkStored(blob, store);
    throw error;
  }
}

function showOutcome(show: Show, outcome: UploadOutcome): void {
  if (outcome.kind === "mounted") show("mounted", { from: outcome.from });
  else show(outcome.kind);
}

async function checkStored(blob: Descriptor, store: ImageStore): Promise<void> {
  const verified = new VerifiedBlob(blob, store.readBlob(blob.digest));
  try {
    await verified.verify();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError("storeCorrupt", `the blob "${blob.digest}" in the image store has changed`, {
      hint: 'remove the images that use it with "brig rmi" and pull them again',
      cause: error,
      details: { digest: blob.digest, path: store.blobPath(blob.digest) },
    });
  }
}

/** Reports every change of phase, and progress ten times a second at most. */
function blobReporter({ digest, size }: Descriptor, report: BlobSetting["report"]): Show {
  let last: PushPhase | undefined;
  let lastTime = 0;
  return (phase, { current = 0, from } = {}) => {
    const now = performance.now();
    if (phase === last && now - lastTime < progressIntervalMs) return;
    [last, lastTime] = [phase, now];
    report({ kind: "layer", digest, phase, current, total: size, ...(from === undefined ? {} : { from }) });
  };
}
