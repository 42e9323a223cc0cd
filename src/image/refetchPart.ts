import { rm } from "node:fs/promises";
import { EngineError } from "../base/index.ts";
import { defaultExpansionLimits } from "./decompress.ts";
import { pullLayer } from "./pullLayer.ts";
import type { ImageRef } from "./reference.ts";
import { readRemoteBlob } from "./registry/blob.ts";
import { RepositoryClient } from "./registry/client.ts";
import type { RegistryOptions } from "./registry/options.ts";
import { type ImageSource, imageSources, withSources } from "./registry/sources.ts";
import { readConfig } from "./resolveRemote.ts";
import type { ImageStore } from "./store.ts";
import type { StorePart } from "./storeParts.ts";

export interface RefetchRequest {
  readonly store: ImageStore;
  /** Damaged or missing: what is there is removed. */
  readonly part: StorePart;
  readonly registry: Omit<RegistryOptions, "signal">;
}

/**
 * Brings one blob again from a repository that its image came from, and nothing else, with all the checks of a pull.
 *
 * @throws EngineError what the last repository answered; `storeCorrupt` when there is none to ask.
 */
export async function refetchPart({ store, part, registry }: RefetchRequest): Promise<void> {
  const { digest } = part.descriptor;
  const hold = await store.holdOffSweeps();
  try {
    await rm(store.blobPath(digest), { force: true });
    let failure: unknown = new EngineError("storeCorrupt", `nobody is known who has the blob "${digest}"`);
    for (const source of part.sources) {
      try {
        return await fetchFrom(source, { store, part, registry });
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        failure = error;
      }
    }
    throw failure;
  } finally {
    hold.release();
  }
}

/** From a mirror of the registry when it has one that serves it, else from the registry. */
async function fetchFrom(repository: ImageRef, { store, part, registry }: RefetchRequest): Promise<void> {
  const sources = imageSources({ ...repository, digest: part.descriptor.digest }, registry);
  const attempt = async ({ reference, options }: ImageSource): Promise<void> => {
    const client = await RepositoryClient.open(reference, options);
    try {
      await bring(client, store, part);
    } finally {
      client.close();
    }
  };
  await withSources(sources, attempt, () => undefined);
}

async function bring(
  client: RepositoryClient,
  store: ImageStore,
  { kind, descriptor, diffId }: StorePart,
): Promise<void> {
  if (kind === "manifest") {
    const { bytes } = await client.manifest(descriptor.digest);
    await store.putDocument(bytes, descriptor.mediaType);
  } else if (kind === "config") {
    await store.putDocument(await readConfig({ client, store }, descriptor), descriptor.mediaType);
  } else if (diffId !== undefined) {
    const { signal } = new AbortController();
    await pullLayer(
      { descriptor, diffId },
      {
        readSource: (wanted, offset) => readRemoteBlob(client, wanted, offset),
        store,
        layers: undefined,
        limits: defaultExpansionLimits,
        keepsUnfinished: true,
        signal,
        report: () => undefined,
      },
    );
  }
}
