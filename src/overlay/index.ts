export type { ByteString } from "./byteString.ts";
export { quoteName } from "./byteString.ts";
export { defaultLayerLimits, type LayerLimits } from "./layerLimits.ts";
export type { LayerRecord } from "./layerRecord.ts";
export {
  type LayerIntake,
  type LayerRecordFile,
  type LayerStore,
  type LayerStoreOptions,
  openLayerStore,
} from "./layerStore.ts";
export { type MeasureRequest, measureTrees } from "./measureTrees.ts";
export { maxLayers, type OverlayLayer, type OverlayPlan, type OverlayRequest, planOverlay } from "./overlayMount.ts";
export { type RemoveTreeRequest, removeTree } from "./removeTree.ts";
export { isStagingOwned, newStagingName } from "./stagingOwner.ts";
export { indexTar, type TarBytes, type TarMember } from "./tarIndex.ts";
export { readTarPieces } from "./tarPieces.ts";
export { endOfTar, fileInTar, writeTar } from "./tarWriter.ts";
export { findDifference, printTree, type TreePrint } from "./treePrint.ts";
export {
  type BelowEntry,
  readTreeRecords,
  type TreeContents,
  TreeCut,
  type TreePiece,
} from "./treeRecords.ts";
export { makeTree, renameEntries, TreeRefusal, type WrittenTree } from "./treeWriter.ts";
