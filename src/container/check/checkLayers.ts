import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError, unlessDamaged } from "../../base/index.ts";
import { openImageStore, type StoredImage } from "../../image/index.ts";
import type { Descriptor, DiffId } from "../../oci/index.ts";
import { type LayerRecordFile, type LayerStore, measureTrees, openLayerStore } from "../../overlay/index.ts";
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
  const users = usersOf(scene, diffId);
  if (users.length > 0)
    return { object: diffId, sentence, advice: `stop what runs from it first: ${users.join(", ")}` };
  const isUsed = () => usersOf(scene, diffId).length > 0;
  if (source === undefined) {
    const apply = async () => void (await openLayerStore(scene.root, scene).remove(diffId, isUsed));
    return { object: diffId, sentence, repair: { does: "removes what there is of it", apply } };
  }
  const apply = async () =>
    (await import("./verifyLayer.ts")).replaceLayer(scene, { diffId, descriptor: source }, isUsed);
  return { object: diffId, sentence, repair: { does: "unpacks it again from its blob", apply } };
}

/** What runs keeps its layers as they are; what cannot be told keeps all. */
function usersOf(scene: CheckScene, diffId: DiffId): readonly string[] {
  return listContainerIds(scene.root).flatMap((id) => {
    const record = readTolerantRecord(scene.root, id);
    const uses = record === undefined || record.diffIds.includes(diffId);
    return uses && isKept({ ...scene, id }) ? [record?.name ?? id.slice(0, 12)] : [];
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

/**
 * Layers that are not what their blob unpacks to. Of one without a blob only the size is known; that nothing else could
 * be looked at is worth a note.
 */
export async function changedLayers(scene: CheckScene): Promise<readonly Finding[]> {
  const layers = layersOf(scene);
  if (layers === undefined) return [];
  const sources = sourcesOf(scene);
  const whole = (await layers.list()).filter((diffId) => problemOf(layers, diffId) === undefined);
  const sizes = await measureTrees({ ...scene, paths: whole.map((diffId) => layers.treePath(diffId)) });
  const found: Finding[] = [];
  for (const [index, diffId] of whole.entries()) {
    const source = sources.get(diffId);
    const resized = sizeProblem(layers.read(diffId), sizes[index] ?? 0);
    if (resized !== undefined) found.push(describeChanged(scene, { diffId, problem: resized, source }));
    else found.push(...(await comparedWithBlob(scene, diffId, source)));
  }
  return found;
}

/** One that was removed meanwhile has no record. */
function sizeProblem(record: LayerRecordFile | undefined, found: number): string | undefined {
  if (record === undefined) return undefined;
  // Each hard link counts with its share in whole bytes, so each may lack one.
  if (found <= record.size && found >= record.size - record.entries) return undefined;
  return `it has ${found} bytes, and had ${record.size} when it was unpacked`;
}

async function comparedWithBlob(
  scene: CheckScene,
  diffId: DiffId,
  source: Descriptor | undefined,
): Promise<readonly Finding[]> {
  if (source === undefined) return [unverified(diffId, "no image here has it")];
  try {
    const { layerDifference } = await import("./verifyLayer.ts");
    const problem = await layerDifference(scene, { diffId, descriptor: source });
    return problem === undefined ? [] : [describeChanged(scene, { diffId, problem, source })];
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return [unverified(diffId, error.message)];
  }
}

function unverified(diffId: DiffId, reason: string): Finding {
  const sentence = `the contents of the layer cannot be verified, only its size: ${reason}`;
  return { object: diffId, sentence, harmless: true };
}

/** One that only containers have left is all that there is of their files. */
function describeChanged(scene: CheckScene, damage: Damage): Finding {
  const finding = describe(scene, damage);
  const isWanted = (id: string) => readTolerantRecord(scene.root, id)?.diffIds.includes(damage.diffId) === true;
  if (damage.source !== undefined || !listContainerIds(scene.root).some(isWanted)) return finding;
  const { object, sentence } = finding;
  return {
    object,
    sentence,
    advice: "pull the image of its containers again, so that it can be compared and repaired",
  };
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
