import type { RuntimeSpec } from "../oci/index.ts";
import { labelOption } from "./compileConfinement.ts";
import type { OverlayRoot } from "./launchRequest.ts";

/**
 * What every writable overlay of brig is mounted with: the upper directory alone tells what has changed, without
 * references into the layers below (kernel docs, overlayfs, "redirect_dir" and "metadata only copy up").
 */
export const overlayOptions: readonly string[] = ["index=off", "redirect_dir=off", "metacopy=off"];

/** The directory with `upper` and `work` is staged under this name. */
export const writableName = "top";

/** How the staged writable directory becomes the upper layer. */
export const writableOptions: readonly string[] = [`upperdir=${writableName}/upper`, `workdir=${writableName}/work`];

/** The staging tmpfs is open to the ids that a user namespace maps: overlayfs looks layers up with the mounter's. */
export const stageOptions: readonly string[] = ["mode=0755"];

/** Of the overlay that is a container's root. */
export function overlayRootOptions({ volatile }: OverlayRoot, spec: RuntimeSpec): readonly string[] {
  return [...writableOptions, ...overlayOptions, ...(volatile ? ["volatile"] : []), ...labelOption(spec, "overlay")];
}
