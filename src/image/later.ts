import type { Digest } from "../oci/index.ts";
import type { AddImageRequest } from "./addImage.ts";
import type { AddedLayer, AddLayerRequest } from "./addLayer.ts";
import type { LoadEvent, LoadImagesRequest } from "./archive/loadImages.ts";
import type { SaveImagesRequest } from "./archive/saveImages.ts";
import type { StoreForecast } from "./prune/forecastPrune.ts";
import type { PruneRules } from "./prune/planPrune.ts";
import type { ImagePruning, PrunedImages } from "./prune/pruneImages.ts";
import type { PullImageRequest } from "./pull.ts";
import type { PullEvent } from "./pullEvents.ts";
import type { PushEvent } from "./push/pushEvents.ts";
import type { PushImageRequest } from "./push/pushImage.ts";
import type { ImageRef } from "./reference.ts";
import type { RefetchRequest } from "./refetchPart.ts";
import type { RegistryOptions } from "./registry/options.ts";
import type { RestoreRequest } from "./restoreLayer.ts";
import type { RegistryServer, ServeRequest } from "./serve/serveRegistry.ts";
import type { ImageStore } from "./store.ts";
import type { StoredImage } from "./storedImage.ts";
import type { ImageFacts } from "./summary.ts";
import type { TagRequest } from "./tagImage.ts";

/*
 * What the door offers and a command rarely needs: each of these loads its file when it is first called.
 */

/** `pullImage` of pull.ts, loaded when the first event is asked for. */
export async function* pullImage(request: PullImageRequest): AsyncGenerator<PullEvent> {
  yield* (await import("./pull.ts")).pullImage(request);
}

/** `pushImage` of push/pushImage.ts, loaded when the first event is asked for. */
export async function* pushImage(request: PushImageRequest): AsyncGenerator<PushEvent> {
  yield* (await import("./push/pushImage.ts")).pushImage(request);
}

/** registry/search.ts, loaded when somebody searches. */
export const openSearch = () => import("./registry/search.ts");

/** registry/login.ts, loaded when somebody logs in or out. */
export const openLogin = () => import("./registry/login.ts");

/** `listTags` of registry/tags.ts, loaded on the first call. */
export async function listTags(reference: ImageRef, options: RegistryOptions): Promise<readonly string[]> {
  return (await import("./registry/tags.ts")).listTags(reference, options);
}

/** `serveRegistry` of serve/serveRegistry.ts, loaded on the first call. */
export async function serveRegistry(store: ImageStore, request: ServeRequest): Promise<RegistryServer> {
  return (await import("./serve/serveRegistry.ts")).serveRegistry(store, request);
}

/** `addLayer` of addLayer.ts, loaded on the first call. */
export async function addLayer(request: AddLayerRequest): Promise<AddedLayer> {
  return (await import("./addLayer.ts")).addLayer(request);
}

/** `addImage` of addImage.ts, loaded on the first call. */
export async function addImage(request: AddImageRequest): Promise<Digest> {
  return (await import("./addImage.ts")).addImage(request);
}

/** `loadImages` of archive/loadImages.ts, loaded when the first event is asked for. */
export async function* loadImages(request: LoadImagesRequest): AsyncGenerator<LoadEvent> {
  yield* (await import("./archive/loadImages.ts")).loadImages(request);
}

/** `saveImages` of archive/saveImages.ts, loaded when the first bytes are asked for. */
export async function* saveImages(request: SaveImagesRequest): AsyncGenerator<Uint8Array> {
  yield* (await import("./archive/saveImages.ts")).saveImages(request);
}

/** `tagImage` of tagImage.ts, loaded on the first call. */
export async function tagImage(store: ImageStore, request: TagRequest) {
  return (await import("./tagImage.ts")).tagImage(store, request);
}

/** `historyOf` of history.ts, loaded on the first call. */
export async function historyOf(image: StoredImage, facts: Pick<ImageFacts, "layerSize">) {
  return (await import("./history.ts")).historyOf(image, facts);
}

/** `openArchive` of openArchive.ts, loaded when the first bytes are asked for. */
export async function* openArchive(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* (await import("./openArchive.ts")).openArchive(archive);
}

/** `fetchArchive` of fetchArchive.ts, loaded when the first bytes are asked for. */
export async function* fetchArchive(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* (await import("./fetchArchive.ts")).fetchArchive(url, signal);
}

/** `restoreLayer` of restoreLayer.ts, loaded on the first call. */
export async function restoreLayer(request: RestoreRequest): Promise<void> {
  await (await import("./restoreLayer.ts")).restoreLayer(request);
}

/** `pruneImages` of prune/pruneImages.ts, loaded on the first call. */
export async function pruneImages(store: ImageStore, pruning: ImagePruning): Promise<PrunedImages> {
  return (await import("./prune/pruneImages.ts")).pruneImages(store, pruning);
}

/** `forecastPrune` of prune/forecastPrune.ts, loaded on the first call. */
export async function forecastPrune(store: ImageStore, rules: PruneRules): Promise<StoreForecast> {
  return (await import("./prune/forecastPrune.ts")).forecastPrune(store, rules);
}

/** `refetchPart` of refetchPart.ts, loaded on the first call. */
export async function refetchPart(request: RefetchRequest): Promise<void> {
  await (await import("./refetchPart.ts")).refetchPart(request);
}

/** storeCheck.ts, loaded when the store is checked. */
export const openStoreCheck = () => import("./storeCheck.ts");

/** Whether a file holds a public key that images can be verified with; throws as the pull would that needs it. */
export async function checkPublicKey(path: string): Promise<void> {
  (await import("./trust/publicKey.ts")).readPublicKey(path);
}
