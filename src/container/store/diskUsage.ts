import { join } from "node:path";
import { type ImageSummary, openImageStore, summarizeImages, treeOfImages } from "../../image/index.ts";
import { listImageUses } from "../imageUse.ts";
import { listContainers } from "../list/listContainers.ts";
import type { CreatedContainer } from "../runReports.ts";
import { readVolumeUsers } from "../state/volumeUsers.ts";
import { listVolumes } from "../volumes/listVolumes.ts";
import { measureVolumes } from "../volumes/removeVolume.ts";
import type { VolumeDetails } from "../volumes/volumeDetails.ts";
import { forecastImages, layerSizes, reclaimedBytes } from "./forecastPrune.ts";
import { type PrunePlaces, pruneRules } from "./pruneRequest.ts";

/** How much of a kind of thing there is. */
export interface KindUsage {
  readonly total: number;
  /** Images and volumes that a container uses; containers that run. */
  readonly active: number;
  readonly bytes: number;
  /** What a prune of everything of this kind that is not active gives back. */
  readonly reclaimableBytes: number;
}

export interface ImageUsage extends ImageSummary {
  /** Unpacked, of the layers that another image has too. */
  readonly sharedBytes: number;
  readonly uniqueBytes: number;
}

export interface VolumeUsage extends VolumeDetails {
  /** How many containers use it. */
  readonly links: number;
  readonly bytes: number;
}

/** What takes the room of the data root. */
export interface DiskUsage {
  /** Of the whole store: blobs and unpacked layers, each once. */
  readonly images: KindUsage & { readonly each: readonly ImageUsage[] };
  /** What containers have written. */
  readonly containers: KindUsage & { readonly each: readonly CreatedContainer[] };
  readonly volumes: KindUsage & { readonly each: readonly VolumeUsage[] };
}

/**
 * Measures images, containers and volumes. What is reclaimable is what a prune at this moment would remove.
 *
 * @throws EngineError `storeCorrupt` when what is in use cannot be read.
 */
export async function measureUsage(places: PrunePlaces): Promise<DiskUsage> {
  return {
    images: await usageOfImages(places),
    containers: await usageOfContainers(places),
    volumes: await usageOfVolumes(places),
  };
}

async function usageOfImages(places: PrunePlaces): Promise<DiskUsage["images"]> {
  const images = openImageStore(join(places.root, "images")).list();
  const uses = listImageUses(places);
  const layerSize = layerSizes(places);
  const trees = new Map(treeOfImages(images, { layerSize }).map((tree) => [tree.id, tree]));
  const containers = (imageId: string) => uses.filter((use) => use.imageId === imageId).length;
  const each = summarizeImages(images, { layerSize, containers }).map((summary) => {
    const { sharedBytes = 0, uniqueBytes = summary.sizeBytes } = trees.get(summary.id) ?? {};
    return { ...summary, sharedBytes, uniqueBytes };
  });
  const verdicts = await forecastImages(pruneRules({ all: true, filters: [] }, places), places);
  return {
    each,
    total: each.length,
    active: each.filter((image) => image.containers > 0).length,
    bytes: reclaimedBytes(verdicts.map((verdict) => ({ ...verdict, goes: true }))),
    reclaimableBytes: reclaimedBytes(verdicts),
  };
}

async function usageOfContainers(places: PrunePlaces): Promise<DiskUsage["containers"]> {
  const each = await listContainers(places, { all: true, size: true });
  const isActive = ({ status }: CreatedContainer): boolean => ["running", "paused", "restarting"].includes(status);
  return sumUp(each, { isActive, bytesOf: ({ size }) => size?.writtenBytes ?? 0 });
}

async function usageOfVolumes(places: PrunePlaces): Promise<DiskUsage["volumes"]> {
  const volumes = listVolumes(places.root, []);
  const users = readVolumeUsers(places.root);
  const measured = await measureVolumes(
    volumes.map(({ Name }) => Name),
    places,
  );
  const each = volumes.map((volume, index) => ({
    ...volume,
    links: users.get(volume.Name)?.length ?? 0,
    bytes: measured[index]?.bytes ?? 0,
  }));
  return sumUp(each, { isActive: ({ links }) => links > 0, bytesOf: ({ bytes }) => bytes });
}

interface Count<One> {
  readonly isActive: (one: One) => boolean;
  readonly bytesOf: (one: One) => number;
}

function sumUp<One>(each: readonly One[], { isActive, bytesOf }: Count<One>): KindUsage & { each: readonly One[] } {
  const sum = (some: readonly One[]): number => some.reduce((bytes, one) => bytes + bytesOf(one), 0);
  const active = each.filter(isActive);
  return {
    each,
    total: each.length,
    active: active.length,
    bytes: sum(each),
    reclaimableBytes: sum(each.filter((one) => !isActive(one))),
  };
}
