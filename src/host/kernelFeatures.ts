import { getSystemErrorName } from "node:util";
import { decodeRecords } from "../base/index.ts";

/** The experiments of the helper's role `probe` (native/probe.c has the same names). */
export const featureNames = [
  "userNamespace",
  "timeNamespace",
  "mqueue",
  "overlay",
  "idmap",
  "overlayIdmap",
  "cgroupKill",
  "cloneIntoCgroup",
  "deviceFilter",
] as const;

export type FeatureName = (typeof featureNames)[number];

/** `true`, or the errno ("EINVAL") with which the kernel refused. */
export type FeatureAnswer = true | string;

export type FeatureMap = Readonly<Partial<Record<FeatureName, FeatureAnswer>>>;

/** Reads the records that `probe` printed; one with an unknown name or without its fields is passed over. */
export function parseFeatures(output: Uint8Array): FeatureMap {
  const features: Partial<Record<FeatureName, FeatureAnswer>> = {};
  for (const { op, fields } of decodeRecords(output)) {
    const name = featureNames.find((known) => known === fields.get("name"));
    const errno = Number(fields.get("errno"));
    if (op !== "feature" || name === undefined || !Number.isInteger(errno)) continue;
    features[name] = fields.get("ok") === "1" ? true : errnoName(errno);
  }
  return features;
}

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

function errnoName(errno: number): string {
  return errno > 0 && errno < 256 ? getSystemErrorName(-errno) : "EIO";
}
