import { EngineError } from "../base/index.ts";

export interface OverlayLayer {
  readonly path: string;
  /** The layer hides everything below it. overlayfs merges root directories whatever they say, so the plan does it. */
  readonly opaqueRoot?: boolean;
}

export interface OverlayRequest {
  /** Bottom first, as an image configuration lists them. */
  readonly layers: readonly OverlayLayer[];
  /** Where changes go; a mount without it is read-only. */
  readonly writable?: { readonly upper: string; readonly work: string };
}

export interface OverlayPlan {
  /** Top first, as `lowerdir` lists them (kernel docs, overlayfs, "Multiple lower layers"). */
  readonly lower: readonly string[];
  readonly upper?: string;
  readonly work?: string;
}

/** The staged names of so many layers fit into one page, which is what a mount option may hold on Linux 6.1. */
export const maxLayers = 127;

/**
 * Decides the directories of an overlay mount and their order. Pure.
 *
 * @throws EngineError `limitExceeded` for too many layers, `invalidValue` for none.
 */
export function planOverlay({ layers, writable }: OverlayRequest): OverlayPlan {
  const bottom = layers.findLastIndex((layer) => layer.opaqueRoot === true);
  const visible = layers.slice(Math.max(bottom, 0));
  if (visible.length === 0) throw new EngineError("invalidValue", "cannot mount an overlay of no layers");
  if (visible.length > maxLayers) {
    throw new EngineError(
      "limitExceeded",
      `cannot mount an overlay of ${visible.length} layers: the limit is ${maxLayers}`,
      {
        hint: "build the image with fewer layers",
      },
    );
  }
  return { lower: visible.map((layer) => layer.path).reverse(), ...writable };
}
