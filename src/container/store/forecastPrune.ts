import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  familiarName,
  forecastPrune,
  type ImageFacts,
  type ImageVerdict,
  imageSize,
  openImageStore,
  type PruneRules,
} from "../../image/index.ts";
import type { DiffId } from "../../oci/index.ts";
import { openLayerStore } from "../../overlay/index.ts";
import { listImageUses } from "../imageUse.ts";
import { recordedSize, type StorePlaces } from "./layerKeeper.ts";

/** What a prune would do with one thing, and why. */
export interface PruneVerdict {
  readonly kind: "container" | "network" | "volume" | "image" | "layer" | "blob";
  /** An id, a digest or a name. */
  readonly object: string;
  /** What the object is called besides. */
  readonly names: readonly string[];
  /** On the disk; of an image the size of its unpacked layers, which count by themselves. */
  readonly bytes: number;
  readonly goes: boolean;
  /** In one sentence of lower case about the object. */
  readonly reason: string;
}

/** What a prune would do at this moment. */
export interface PruneForecast {
  readonly verdicts: readonly PruneVerdict[];
  /** What the disk gets back. */
  readonly reclaimableBytes: number;
}

export function forecastOf(verdicts: readonly PruneVerdict[]): PruneForecast {
  return { verdicts, reclaimableBytes: reclaimedBytes(verdicts) };
}

/** What is unpacked at this moment; opening the store would make its directories. */
export function layerSizes({ root, helperPath }: StorePlaces): ImageFacts["layerSize"] {
  if (!existsSync(join(root, "layers", ".staging"))) return () => undefined;
  const layers = openLayerStore(root, { helperPath });
  return (diffId) => recordedSize(layers, diffId);
}

/**
 * What a prune of images by these rules would do at this moment: first the images, then their layers and blobs. Changes
 * nothing. `without` are containers that are about to go.
 *
 * @throws EngineError `storeCorrupt` when what is in use cannot be read.
 */
export async function forecastImages(
  rules: PruneRules,
  places: StorePlaces,
  without: ReadonlySet<string> = new Set(),
): Promise<readonly PruneVerdict[]> {
  const { images, blobs, layers } = await forecastPrune(openImageStore(join(places.root, "images")), rules);
  const layerSize = layerSizes(places);
  const users = listImageUses(places).filter(({ id }) => !without.has(id));
  return [
    ...images.map((verdict) => ofImage(verdict, layerSize)),
    ...(await unpackedLayers(places)).map((diffId): PruneVerdict => {
      const user = users.find(({ diffIds }) => diffIds.includes(diffId));
      const keeps = [
        ...(layers.get(diffId) ?? []).map((name) => `the image ${name}`),
        ...(user === undefined ? [] : [`the container ${user.name || user.id}`]),
      ];
      return { kind: "layer", object: diffId, names: [], bytes: layerSize(diffId) ?? 0, ...keptBy(keeps) };
    }),
    ...blobs.map(({ digest, bytes, keptFor }): PruneVerdict => {
      const keeps = keptFor.map((name) => `the image ${name}`);
      return { kind: "blob", object: digest, names: [], bytes, ...keptBy(keeps) };
    }),
  ];
}

function ofImage({ image, goes, reason }: ImageVerdict, layerSize: ImageFacts["layerSize"]): PruneVerdict {
  const names = image.tags.map(familiarName);
  return { kind: "image", object: image.id, names, bytes: imageSize(image, layerSize), goes, reason };
}

function keptBy([first, ...others]: readonly string[]): Pick<PruneVerdict, "goes" | "reason"> {
  if (first === undefined) return { goes: true, reason: "nothing that stays needs it" };
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return { goes: false, reason: `${first}${more} needs it` };
}

async function unpackedLayers({ root, helperPath }: StorePlaces): Promise<readonly DiffId[]> {
  if (!existsSync(join(root, "layers", ".staging"))) return [];
  return openLayerStore(root, { helperPath }).list();
}

/** What the disk gets back when what goes is gone. Images are what their layers and blobs are. */
export function reclaimedBytes(verdicts: readonly PruneVerdict[]): number {
  return verdicts.reduce((sum, { kind, goes, bytes }) => sum + (goes && kind !== "image" ? bytes : 0), 0);
}
