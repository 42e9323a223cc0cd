import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError, unlessDamaged } from "../../base/index.ts";
import { openImageStore, restoreLayer, type StoredImage } from "../../image/index.ts";
import type { Descriptor, DiffId } from "../../oci/index.ts";
import { type LayerStore, measureTrees, openLayerStore } from "../../overlay/index.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { isKept } from "../state/liveState.ts";
import { readTolerantRecord } from "./checkContainers.ts";
import type { CheckScene, Finding } from "./finding.ts";

/** Layers that are there in part, and layers of images that are not there at all. */
export async function damagedLayers(scene: CheckScene): Promise<readonly Finding[]> {
  const layers = layersOf(scene);
  if (layers === undefined) return [];
  const sources = sourcesOf(scene);
  const there = await layers.list();
  const wanted = [...sources.keys()].filter((diffId) => !there.includes(diffId));
  return [
    ...there.flatMap((diffId) => {
      const problem = problemOf(layers, diffId);
      return problem === undefined ? [] : describe(scene, { diffId, problem, source: sources.get(diffId) });
    }),
    ...wanted.map((diffId) => describe(scene, { diffId, problem: "it is missing", source: sources.get(diffId) })),
  ];
}

function problemOf(layers: LayerStore, diffId: DiffId): string | undefined {
  try {
    if (layers.read(diffId) === undefined) return "it has no record";
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return "its record is damaged";
    throw error;
  }
  return existsSync(layers.treePath(diffId)) ? undefined : "its files are missing";
}

interface Damage {
  readonly diffId: DiffId;
  readonly problem: string;
  /** The blob that it can be unpacked from again. */
  readonly source: Descriptor | undefined;
}

function describe(scene: CheckScene, { diffId, problem, source }: Damage): Finding {
  const sentence = `the layer cannot be used: ${problem}`;
  if (isInUse(scene, diffId)) return { object: diffId, sentence, advice: "stop the containers that use it first" };
  const apply = async (): Promise<void> => {
    const layers = openLayerStore(scene.root, scene);
    if (isInUse(scene, diffId)) return;
    await layers.remove(diffId);
    if (source === undefined) return;
    await restoreLayer({ store: openImageStore(join(scene.root, "images")), layers, descriptor: source, diffId });
  };
  const does = source === undefined ? "removes what there is of it" : "unpacks it again from its blob";
  return { object: diffId, sentence, repair: { does, apply } };
}

/** What runs keeps its layers as they are; what cannot be told keeps all. */
function isInUse(scene: CheckScene, diffId: DiffId): boolean {
  return listContainerIds(scene.root).some((id) => {
    const used = readTolerantRecord(scene.root, id)?.diffIds;
    return (used === undefined || used.includes(diffId)) && isKept({ ...scene, id });
  });
}

/** The layers of all images and the blobs that they come from. */
function sourcesOf({ root }: CheckScene): ReadonlyMap<DiffId, Descriptor> {
  return new Map(imagesOf(root).flatMap(layerPairs));
}

function layerPairs({ manifest, config }: StoredImage): readonly (readonly [DiffId, Descriptor])[] {
  return config.rootfs.diff_ids.flatMap((diffId, index) => {
    const descriptor = manifest.layers[index];
    return descriptor === undefined ? [] : [[diffId, descriptor] as const];
  });
}

/** An index that cannot be read is a finding of its own. */
function imagesOf(root: string): readonly StoredImage[] {
  return unlessDamaged(() => openImageStore(join(root, "images")).survey().images) ?? [];
}

/** Opening the store would make its directories: a check changes nothing. */
function layersOf(scene: CheckScene): LayerStore | undefined {
  return existsSync(join(scene.root, "layers", ".staging")) ? openLayerStore(scene.root, scene) : undefined;
}

/** Layers that hold more or less than when they were unpacked. */
export async function changedLayers(scene: CheckScene): Promise<readonly Finding[]> {
  const layers = layersOf(scene);
  if (layers === undefined) return [];
  const sources = sourcesOf(scene);
  const whole = (await layers.list()).filter((diffId) => problemOf(layers, diffId) === undefined);
  const sizes = await measureTrees({ ...scene, paths: whole.map((diffId) => layers.treePath(diffId)) });
  return whole.flatMap((diffId, index) => {
    const { size = 0, entries = 0 } = layers.read(diffId) ?? {};
    const found = sizes[index] ?? 0;
    // Each hard link counts with its share in whole bytes, so each may lack one.
    if (found <= size && found >= size - entries) return [];
    const problem = `it has ${found} bytes, and had ${size} when it was unpacked`;
    return describe(scene, { diffId, problem, source: sources.get(diffId) });
  });
}

/** Staging directories whose process is gone: of layers under way, and of trees of the cache. */
export async function leftoverStaging(scene: CheckScene): Promise<readonly Finding[]> {
  const layers = layersOf(scene);
  if (layers === undefined) return [];
  return layers.staleStaging().map((path) => ({
    object: path,
    sentence: "whoever unpacked or removed a layer here is gone",
    repair: { does: "deletes it", apply: () => layers.sweepStaging() },
  }));
}
