import type { DiffId } from "../../oci/index.ts";
import { measureTrees, openLayerStore } from "../../overlay/index.ts";
import { containerPaths } from "../state/containerPaths.ts";

export interface ContainerSize {
  /** Bytes that the container has written. */
  readonly writtenBytes: number;
  /** Those and the bytes of its image. */
  readonly rootBytes: number;
}

/** The sizes of containers, in their order. */
export async function measureContainers(
  containers: readonly { readonly id: string; readonly diffIds: readonly string[] }[],
  { root, helperPath }: { readonly root: string; readonly helperPath: string },
): Promise<readonly ContainerSize[]> {
  const written = await measureTrees({ helperPath, paths: containers.map(({ id }) => containerPaths(root, id).upper) });
  const layers = openLayerStore(root, { helperPath });
  return containers.map(({ diffIds }, index) => {
    const writtenBytes = written[index] ?? 0;
    // The record keeps the digests as they were parsed.
    const sizes = diffIds.map((diffId) => layers.read(diffId as DiffId)?.size ?? 0);
    return { writtenBytes, rootBytes: sizes.reduce((sum, bytes) => sum + bytes, writtenBytes) };
  });
}
