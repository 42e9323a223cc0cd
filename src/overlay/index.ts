export { defaultLayerLimits, type LayerLimits } from "./layerLimits.ts";
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
