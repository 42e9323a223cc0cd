import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ImageHappening, ImageUse } from "../container/index.ts";
import type { Engine, ServeRegistryRequest } from "../engine.ts";
import type { ImageFacts, ImageFilter, ImageSummary, RegistryServer } from "../image/index.ts";
import type { Digest, Platform } from "../oci/index.ts";
import { storedName } from "./configured.ts";
import { type Places, probe, requireRoot } from "./places.ts";

export type ImageMembers = Pick<
  Engine,
  "pull" | "images" | "inspectImage" | "tagImage" | "imageHistory" | "removeImage" | "serveRegistry"
>;

export function imageMembers(places: Places): ImageMembers {
  return {
    async *pull(request) {
      const { pull } = await import("./pullMember.ts");
      yield* pull(request, places);
    },
    images: (filters = []) => listImages(filters, places),
    async inspectImage(reference, platform) {
      const { describeImage } = await import("../image/index.ts");
      return describeImage(await storedImage(reference, places, platform), await imageFacts(places));
    },
    async tagImage(request) {
      requireRoot(await probe(places), "name an image");
      const { tagImage } = await import("../image/index.ts");
      const { name } = await tagImage(await imageStore(places), {
        ...request,
        source: await storedName(request.source, places),
      });
      await tellImage(places, "tag", name);
    },
    async imageHistory(reference, platform) {
      const { historyOf } = await import("../image/index.ts");
      return historyOf(await storedImage(reference, places, platform), await imageFacts(places));
    },
    async removeImage(reference, { force = false, noPrune = false } = {}) {
      requireRoot(await probe(places), "remove an image");
      const { removeImage } = await import("../image/index.ts");
      const { layerKeeper } = await import("../container/index.ts");
      const uses = await imageUses(places);
      const removed = await removeImage(await imageStore(places), await storedName(reference, places), {
        force,
        usedBy: (imageId) => uses.filter((use) => use.imageId === imageId),
        ...(noPrune ? { sweepLayers: async () => [] } : layerKeeper(places)),
      });
      for (const image of removed.untagged) await tellImage(places, "untag", image);
      const [id] = removed.deleted;
      if (id !== undefined) await tellImage(places, "delete", id);
      return removed;
    },
    serveRegistry: (request) => serveRegistry(request, places),
  };
}

const defaultMaxBlobBytes = 64 * 1024 ** 3;

async function serveRegistry(request: ServeRegistryRequest, places: Places): Promise<RegistryServer> {
  const { allow, maxBlobBytes = defaultMaxBlobBytes, ...rest } = request;
  const { serveRegistry: serve } = await import("../image/index.ts");
  const store = await imageStore(places);
  if (allow === "pull") return serve(store, rest);
  requireRoot(await probe(places), "take pushes");
  const push = { layers: await layerStore(places), maxBlobBytes };
  if (allow === "push") return serve(store, { ...rest, push });
  const remove = {
    usedBy: async (imageId: Digest) => (await imageUses(places)).filter((use) => use.imageId === imageId),
    sweep: async () => {
      const { layerKeeper } = await import("../container/index.ts");
      await store.collectGarbage(layerKeeper(places));
    },
  };
  return serve(store, { ...rest, push, remove });
}

async function storedImage(reference: string, places: Places, platform: Platform | undefined) {
  const { noSuchImage, requirePlatform } = await import("../image/index.ts");
  const image = (await imageStore(places)).resolve(await storedName(reference, places));
  if (image === undefined) throw noSuchImage(reference);
  requirePlatform(image, platform);
  return image;
}

async function listImages(filters: readonly ImageFilter[], places: Places): Promise<readonly ImageSummary[]> {
  const { noSuchImage, selectImages, summarizeImages } = await import("../image/index.ts");
  const store = await imageStore(places);
  const images = summarizeImages(store.list(), await imageFacts(places));
  if (filters.length === 0) return images;
  const { instantToMs, parseInstant } = await import("../container/index.ts");
  return selectImages(images, filters, {
    createdOf: (nameOrId) => {
      const id = store.resolve(nameOrId)?.id;
      if (id === undefined) throw noSuchImage(nameOrId);
      return images.find((image) => image.id === id)?.createdMs ?? 0;
    },
    timeOf: (text) => instantToMs(parseInstant(text, new Date(), "until")),
  });
}

/** Writes the event of an image. */
export async function tellImage({ root }: Places, action: ImageHappening["action"], image: string): Promise<void> {
  const { tellImage: tell } = await import("../container/index.ts");
  await tell({ root, now: new Date(), action, image });
}

export async function imageStore({ root }: Places) {
  const { openImageStore } = await import("../image/index.ts");
  return openImageStore(join(root, "images"));
}

export async function layerStore({ root, helperPath }: Places) {
  const { openLayerStore } = await import("../overlay/index.ts");
  return openLayerStore(root, { helperPath });
}

async function imageUses(places: Places): Promise<readonly ImageUse[]> {
  const { listImageUses } = await import("../container/index.ts");
  return listImageUses(places);
}

async function imageFacts(places: Places): Promise<ImageFacts> {
  const layers = existsSync(join(places.root, "layers")) ? await layerStore(places) : undefined;
  const uses = await imageUses(places);
  return {
    layerSize: (diffId) => layers?.read(diffId)?.size,
    containers: (imageId) => uses.filter((use) => use.imageId === imageId).length,
  };
}
