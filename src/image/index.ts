/*
 * The door of the image room. What it exports directly is small and loads nothing but node:fs and node:crypto, since
 * `run` with a local image comes this way; whatever talks to a network is loaded on its first use.
 */

export type { AddImageRequest } from "./addImage.ts";
export type { AddedLayer, AddLayerRequest } from "./addLayer.ts";
export type { LoadEvent, LoadImagesRequest } from "./archive/loadImages.ts";
export type { SaveImagesRequest } from "./archive/saveImages.ts";
export {
  type Credential,
  type CredentialPlace,
  type CredentialSettings,
  type CredentialSource,
  dockerCredentials,
} from "./credentials.ts";
export { type HistoryItem, historySteps } from "./history.ts";
export { type ImageTree, nameOfImage, type TreeLayer, treeOfImages } from "./imageTree.ts";
export { describeImage, type ImageDetails, type ImageDetailsConfig } from "./inspect.ts";
export {
  addImage,
  addLayer,
  checkPublicKey,
  fetchArchive,
  forecastPrune,
  historyOf,
  listTags,
  loadImages,
  openArchive,
  openLogin,
  openSearch,
  openStoreCheck,
  pruneImages,
  pullImage,
  pushImage,
  refetchPart,
  restoreLayer,
  saveImages,
  serveRegistry,
  tagImage,
} from "./later.ts";
export type { LayerIntake, LayerSink } from "./layerSink.ts";
export { hasLabel, type ImageFilter, imageFilterNames, selectImages } from "./listFilter.ts";
export type { ImageUser } from "./planRemoval.ts";
export { formatPlatform, hostPlatform, parsePlatform } from "./platform.ts";
export type { BlobVerdict, StoreForecast } from "./prune/forecastPrune.ts";
export type { ImageVerdict, PruneRules } from "./prune/planPrune.ts";
export type { ImagePruning, PrunedImages } from "./prune/pruneImages.ts";
export type { PullImageRequest } from "./pull.ts";
export type { LayerPhase, PullEvent } from "./pullEvents.ts";
export type { TaggedImage } from "./pullStore.ts";
export type { PullTrace } from "./pullTrace.ts";
export type { PushEvent, PushPhase } from "./push/pushEvents.ts";
export type { PushImageRequest } from "./push/pushImage.ts";
export {
  familiarName,
  formatImageRef,
  type ImageRef,
  newImageName,
  parseImageRef,
  searchedNames,
  withDefaultTag,
} from "./reference.ts";
export type { RefetchRequest } from "./refetchPart.ts";
export type { LoginReport, LogoutReport } from "./registry/login.ts";
export { defaultCertificateDirectory, type RegistryOptions } from "./registry/options.ts";
export { formatRateLimit, type RateLimit } from "./registry/rateLimit.ts";
export type { FoundRepository } from "./registry/search.ts";
export {
  type ImageRemoval,
  noSuchImage,
  type RemovedImage,
  refusalOfRemoval,
  removedMeanwhile,
  removeImage,
} from "./remove.ts";
export { requirePlatform } from "./requirePlatform.ts";
export type { ListenAddress } from "./serve/listen.ts";
export type { RegistryServer, ServeRequest } from "./serve/serveRegistry.ts";
export { type ImageStore, openImageStore } from "./store.ts";
export type { DamagedBlob, DamagedPart } from "./storeCheck.ts";
export type { StoredImage } from "./storedImage.ts";
export type { StorePart } from "./storeParts.ts";
export type { StoreSurvey } from "./storeResolve.ts";
export type { LayerKeeper, SweepReport, SweptLayer } from "./storeSweep.ts";
export {
  createdMsOf,
  type ImageFacts,
  type ImageSummary,
  imageSize,
  parseCreated,
  summarizeImage,
  summarizeImages,
} from "./summary.ts";
export type { TagRequest } from "./tagImage.ts";
export type { TrustPolicy, TrustRule } from "./trust/policy.ts";
export type { TrustRequest } from "./trust/requireTrust.ts";
