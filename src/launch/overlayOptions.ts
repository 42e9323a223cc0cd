/**
 * What every writable overlay of brig is mounted with: the upper directory alone tells what has changed, without
 * references into the layers below (kernel docs, overlayfs, "redirect_dir" and "metadata only copy up").
 */
export const overlayOptions: readonly string[] = ["index=off", "redirect_dir=off", "metacopy=off"];
