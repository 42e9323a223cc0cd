/** Upper bounds of what one layer archive may hold, far above real ones (docs/decisions, "layer tar reader"). */
export interface LayerLimits {
  /** Bytes of the uncompressed archive, and of the files that it declares. */
  readonly totalBytes: number;
  readonly entries: number;
}

export const defaultLayerLimits: LayerLimits = { totalBytes: 50 * 1024 ** 3, entries: 10_000_000 };

/** Bounds of single entries. `pathBytes` and `nameBytes` are Linux's PATH_MAX (with its NUL) and NAME_MAX. */
export const entryLimits = {
  extensionBytes: 1024 * 1024,
  pathBytes: 4095,
  nameBytes: 255,
  depth: 1024,
  xattrs: 1000,
  xattrNameBytes: 255,
  xattrValueBytes: 64 * 1024,
  xattrTotalBytes: 256 * 1024,
} as const;
