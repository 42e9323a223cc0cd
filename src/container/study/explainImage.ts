import { historySteps, nameOfImage, parseCreated, type StoredImage } from "../../image/index.ts";
import type { DiffId, Digest } from "../../oci/index.ts";
import { type LayerChange, MergedFiles } from "./mergedFiles.ts";
import { layerTree, type StudyPlaces, withImages } from "./readLayers.ts";

/** Changes of one kind, together. */
export interface ChangeSum {
  readonly files: number;
  readonly bytes: number;
}

export interface ExplainedLayer {
  readonly diffId: DiffId;
  readonly digest: Digest;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly added: ChangeSum;
  readonly changed: ChangeSum;
  /** What it hides of the layers below; their bytes stay where they are. */
  readonly deleted: ChangeSum;
  /** What later layers replace or delete of this one's bytes. */
  readonly wastedBytes: number;
  readonly changes: readonly LayerChange[];
}

/** A step of the history. The texts come from strangers: whoever prints them makes them harmless. */
export interface ExplainedStep {
  readonly createdBy: string;
  readonly comment: string;
  readonly createdMs?: number;
  /** Absent for a step that only changed the configuration. */
  readonly layer?: ExplainedLayer;
}

export interface ImageExplanation {
  readonly id: Digest;
  readonly name: string;
  readonly unpackedBytes: number;
  readonly wastedBytes: number;
  /** The first one first. */
  readonly steps: readonly ExplainedStep[];
}

/**
 * What each layer of an image added, changed and deleted, and what of it is of no use any more.
 *
 * @throws EngineError `imageNotFound`, `storeCorrupt`, `fileSystem`.
 */
export function explainImage(reference: string, places: StudyPlaces): Promise<ImageExplanation> {
  return withImages(places, [reference], async ([image]) => {
    if (image === undefined) throw new Error("one reference gives one image");
    return explain(image, await readChanges(image, places));
  });
}

interface ReadChanges {
  readonly layers: readonly (readonly LayerChange[])[];
  readonly wasted: readonly number[];
}

async function readChanges({ config }: StoredImage, places: StudyPlaces): Promise<ReadChanges> {
  const files = new MergedFiles();
  const layers: (readonly LayerChange[])[] = [];
  for (const diffId of config.rootfs.diff_ids) {
    files.beginLayer();
    for await (const piece of layerTree(places, diffId, "names")) if (piece.kind === "entry") files.apply(piece.record);
    layers.push(files.endLayer());
  }
  return { layers, wasted: files.wasted };
}

function explain(image: StoredImage, { layers, wasted }: ReadChanges): ImageExplanation {
  const steps = historySteps(image).map(({ entry, layer }): ExplainedStep => {
    const createdMs = parseCreated(entry?.created);
    const made = layer === undefined ? undefined : explainLayer(image, layer, { layers, wasted });
    return {
      createdBy: entry?.created_by ?? "",
      comment: entry?.comment ?? "",
      ...(createdMs === undefined ? {} : { createdMs }),
      ...(made === undefined ? {} : { layer: made }),
    };
  });
  const sum = (bytesOf: (layer: ExplainedLayer) => number): number =>
    steps.reduce((bytes, { layer }) => bytes + (layer === undefined ? 0 : bytesOf(layer)), 0);
  return {
    id: image.id,
    name: nameOfImage(image),
    unpackedBytes: sum((layer) => layer.unpackedBytes),
    wastedBytes: sum((layer) => layer.wastedBytes),
    steps,
  };
}

function explainLayer({ manifest, config }: StoredImage, index: number, read: ReadChanges): ExplainedLayer | undefined {
  const [diffId, descriptor, changes] = [config.rootfs.diff_ids[index], manifest.layers[index], read.layers[index]];
  if (diffId === undefined || descriptor === undefined || changes === undefined) return undefined;
  const [added, changed] = [sumOf(changes, "added"), sumOf(changes, "changed")];
  return {
    diffId,
    digest: descriptor.digest,
    packedBytes: descriptor.size,
    unpackedBytes: added.bytes + changed.bytes,
    added,
    changed,
    deleted: sumOf(changes, "deleted"),
    wastedBytes: read.wasted[index] ?? 0,
    changes,
  };
}

function sumOf(changes: readonly LayerChange[], kind: LayerChange["kind"]): ChangeSum {
  const some = changes.filter((change) => change.kind === kind);
  return { files: some.length, bytes: some.reduce((sum, { bytes }) => sum + bytes, 0) };
}
