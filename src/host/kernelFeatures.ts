/** What varies among kernels from the floor on and their settings (src/launch/probeFeatures.ts tries it). */
export const featureNames = [
  "userNamespace",
  "timeNamespace",
  "mqueue",
  "overlay",
  "idmap",
  "overlayIdmap",
  "deviceFilter",
] as const;

export type FeatureName = (typeof featureNames)[number];

/** `true`, or the errno ("EINVAL") with which the kernel refused. */
export type FeatureAnswer = true | string;

export type FeatureMap = Readonly<Partial<Record<FeatureName, FeatureAnswer>>>;

/** Checks a value read from a cache file; undefined when it is not what `parseFeatures` returned. */
export function checkFeatures(value: unknown): FeatureMap | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const features: Partial<Record<FeatureName, FeatureAnswer>> = {};
  for (const [key, answer] of Object.entries(value)) {
    const name = featureNames.find((known) => known === key);
    if (name === undefined || (answer !== true && typeof answer !== "string")) return undefined;
    features[name] = answer;
  }
  return Object.keys(features).length === featureNames.length ? features : undefined;
}

/** Whether a plan may count on a feature. What was never asked is taken as offered: the launch then gives the answer. */
export function offers(features: FeatureMap | undefined, name: FeatureName): boolean {
  return (features?.[name] ?? true) === true;
}
