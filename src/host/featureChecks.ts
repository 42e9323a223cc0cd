import { check, type DoctorCheck, type DoctorMessages, fail, warn } from "./doctorCheck.ts";
import type { HostFacts } from "./hostFacts.ts";
import type { FeatureName } from "./kernelFeatures.ts";

interface FeatureRow {
  readonly id: string;
  readonly title: string;
  readonly features: readonly FeatureName[];
  /** Whether containers can do without. */
  readonly missing: "warn" | "fail";
  readonly advice: string;
}

/** What was tried, and what it means when the kernel refused. */
function rowsOf(words: DoctorMessages["features"]): readonly FeatureRow[] {
  const { userNamespace, timeNamespace, mqueue, overlay, idmap, deviceFilter, kernelWith } = words;
  return [
    { id: "namespace-user", features: ["userNamespace"], missing: "warn", ...userNamespace },
    { id: "namespace-time", features: ["timeNamespace"], missing: "warn", ...timeNamespace },
    {
      id: "mqueue",
      title: mqueue.title,
      features: ["mqueue"],
      missing: "fail",
      advice: kernelWith({ option: "CONFIG_POSIX_MQUEUE" }),
    },
    { id: "overlay", features: ["overlay"], missing: "fail", ...overlay },
    { id: "idmapped-mounts", features: ["idmap", "overlayIdmap"], missing: "warn", ...idmap },
    {
      id: "device-filter",
      title: deviceFilter.title,
      features: ["deviceFilter"],
      missing: "fail",
      advice: kernelWith(deviceFilter),
    },
  ];
}

/** One check for each experiment, or a single one that says why they were not made. */
export function featureChecks({ features, effectiveUid }: HostFacts, messages: DoctorMessages): readonly DoctorCheck[] {
  const words = messages.features;
  if (features === undefined) {
    const advice = effectiveUid === 0 ? words.build : words.asRoot;
    return [check("kernel-features", words.title, warn(words.notTried, advice))];
  }
  return rowsOf(words).map(({ id, title, features: names, missing, advice }) => {
    const refused = names.filter((name) => features[name] !== true);
    if (refused.length === 0) return check(id, title, words.works);
    const found = refused.map((name) => `${name}: ${features[name] ?? words.notTried}`).join(", ");
    return check(id, title, missing === "fail" ? fail(found, advice) : warn(found, advice));
  });
}
