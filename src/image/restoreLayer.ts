import type { Descriptor, DiffId } from "../oci/index.ts";
import { defaultExpansionLimits } from "./decompress.ts";
import type { LayerSink } from "./layerSink.ts";
import { unpackStored } from "./pullLayer.ts";
import type { ImageStore } from "./store.ts";

export interface RestoreRequest {
  readonly store: ImageStore;
  readonly layers: LayerSink;
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
}

/**
 * Unpacks a layer again from its blob, with all the checks of a pull. A layer that is there is left alone.
 *
 * @throws EngineError `storeCorrupt` for a damaged blob, `fileSystem` for a missing one.
 */
export async function restoreLayer({ store, layers, descriptor, diffId }: RestoreRequest): Promise<void> {
  const { signal } = new AbortController();
  const report = (): void => undefined;
  await unpackStored({ descriptor, diffId }, { store, layers, limits: defaultExpansionLimits, signal, report });
}
