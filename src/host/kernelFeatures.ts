import { getSystemErrorName } from "node:util";

/** The experiments of the helper's role `probe` (native/probe.c has the same names). */
export const featureNames = [
  "openat2",
  "closeRange",
  "pidfd",
  "memfdExec",
  "landlock",
  "seccomp",
  "mountNamespace",
  "pidNamespace",
  "networkNamespace",
  "utsNamespace",
  "ipcNamespace",
  "cgroupNamespace",
  "timeNamespace",
  "userNamespace",
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

/** Reads the records that `probe` prints; a record with an unknown name or without its fields is passed over. */
export function parseFeatures(output: string): FeatureMap {
  const features: Partial<Record<FeatureName, FeatureAnswer>> = {};
  for (const record of output.split("\0\0")) {
    const fields = new Map(record.split("\0").map((field) => splitField(field)));
    const name = featureNames.find((known) => known === fields.get("name"));
    const errno = Number(fields.get("errno"));
    if (name === undefined || !Number.isInteger(errno)) continue;
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

function splitField(field: string): readonly [string, string] {
  const at = field.indexOf("=");
  return at < 0 ? [field, ""] : [field.slice(0, at), field.slice(at + 1)];
}

function errnoName(errno: number): string {
  return errno > 0 && errno < 256 ? getSystemErrorName(-errno) : "EIO";
}
