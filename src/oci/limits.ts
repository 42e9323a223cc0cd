/** Upper bounds of what brig accepts in documents from strangers, far above what real images have. */
export const documentLimits = {
  manifestBytes: 4 * 1024 * 1024,
  configBytes: 8 * 1024 * 1024,
  layers: 500,
  manifests: 1000,
  annotations: 1000,
  listItems: 10_000,
  labels: 10_000,
} as const;
