import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { openImageStore, restoreLayer } from "../../image/index.ts";
import { readLayer } from "../../launch/index.ts";
import type { Descriptor, DiffId } from "../../oci/index.ts";
import { findDifference, type LayerIntake, openLayerStore, printTree, type TreePiece } from "../../overlay/index.ts";
import { piecesOf } from "../archive/describePath.ts";
import type { CheckScene } from "./finding.ts";

export interface LayerSource {
  readonly diffId: DiffId;
  readonly descriptor: Descriptor;
}

/**
 * Compares an unpacked layer with what its blob unpacks to: names, types, modes, owners, times, sizes, contents, extended
 * attributes. The blob is unpacked beside it, with all the checks of a pull, and goes again.
 *
 * @returns what differs first, as a sentence of lower case; undefined when nothing does.
 * @throws EngineError when the blob is missing, damaged, or cannot be unpacked here: nothing is known then.
 */
export async function layerDifference(scene: CheckScene, source: LayerSource): Promise<string | undefined> {
  let difference: string | undefined;
  await unpackBeside(scene, source, async (intake) => {
    const whole = await printTree(treeAt(scene, await intake.finish()));
    difference = await differenceOf(scene, source.diffId, whole);
    await intake.abort();
  });
  return difference;
}

/**
 * Puts what the blob of a layer unpacks to in the layer's place. What is there goes only when that is whole, and only
 * unless `isUsed` says that somebody needs it as it is.
 *
 * @throws EngineError `wrongState` when it is used, and when the blob is missing, damaged, or cannot be unpacked.
 */
export async function replaceLayer(scene: CheckScene, source: LayerSource, isUsed: () => boolean): Promise<void> {
  await unpackBeside(scene, source, async (intake, layers) => {
    await intake.finish();
    if (!(await layers.remove(source.diffId, isUsed))) {
      throw new EngineError("wrongState", `cannot replace the layer "${source.diffId}": a container uses it`);
    }
    await intake.commit();
  });
}

/** Nothing is swept meanwhile; `settle` commits or aborts, and what it throws aborts. */
async function unpackBeside(
  scene: CheckScene,
  { diffId, descriptor }: LayerSource,
  settle: (intake: LayerIntake, layers: ReturnType<typeof openLayerStore>) => Promise<void>,
): Promise<void> {
  const store = openImageStore(join(scene.root, "images"));
  const layers = openLayerStore(scene.root, scene);
  const hold = await store.holdOffSweeps();
  try {
    if (!(await store.hasBlob(descriptor.digest)))
      throw new EngineError("storeCorrupt", `its blob "${descriptor.digest}" is not here`);
    const sink = {
      has: async () => false,
      begin: async () => {
        const intake = await layers.begin(diffId);
        return { ...intake, commit: () => settle(intake, layers) };
      },
    };
    await restoreLayer({ store, layers: sink, descriptor, diffId });
  } finally {
    hold.release();
  }
}

/** What cannot be read is not as it was unpacked. */
async function differenceOf(
  scene: CheckScene,
  diffId: DiffId,
  whole: Awaited<ReturnType<typeof printTree>>,
): Promise<string | undefined> {
  const layers = openLayerStore(scene.root, scene);
  try {
    return await findDifference(whole, treeAt(scene, layers.treePath(diffId)));
  } catch (error) {
    if (layers.read(diffId) === undefined) return undefined; // removed meanwhile
    if (error instanceof EngineError && error.code === "fileSystem") return error.message;
    throw error;
  }
}

function treeAt({ helperPath }: CheckScene, upper: string): AsyncGenerator<TreePiece> {
  return piecesOf(readLayer({ helperPath, upper }), "contents");
}
