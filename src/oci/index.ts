export { isDigest, parseDiffId, parseDigest } from "./digest.ts";
export type * from "./imageSpec.ts";
export { readJsonObject } from "./jsonReader.ts";
export { documentLimits } from "./limits.ts";
export {
  acceptedManifestTypes,
  type DocumentKind,
  documentKind,
  isImageConfigType,
  type LayerCompression,
  layerCompression,
  mediaTypes,
} from "./mediaTypes.ts";
export { emptyExecution, parseImageConfig } from "./parseImageConfig.ts";
export { parseIndex, parseManifest, parseStatedIndex } from "./parseManifest.ts";
export { parseSaved, type SavedImage } from "./parseSaved.ts";
export type * from "./runtimeSpec.ts";
