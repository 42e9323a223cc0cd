import { check, type DoctorCheck, fail, warn } from "./doctorCheck.ts";
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

const kernelOption = (option: string) => `use a kernel with ${option}`;

/** What was tried, and what it means when the kernel refused. */
const rows: readonly FeatureRow[] = [
  {
    id: "namespace-user",
    title: "user namespaces",
    features: ["userNamespace"],
    missing: "warn",
    advice: 'raise user.max_user_namespaces, or run containers with "--userns host"',
  },
  {
    id: "namespace-time",
    title: "time namespaces",
    features: ["timeNamespace"],
    missing: "warn",
    advice: "only needed by containers with a clock of their own: CONFIG_TIME_NS",
  },
  {
    id: "mqueue",
    title: "POSIX message queues",
    features: ["mqueue"],
    missing: "fail",
    advice: kernelOption("CONFIG_POSIX_MQUEUE"),
  },
  {
    id: "overlay",
    title: "overlay file system",
    features: ["overlay"],
    missing: "fail",
    advice: "load the module: modprobe overlay",
  },
  {
    id: "idmapped-mounts",
    title: "idmapped mounts on the data root",
    features: ["idmap", "overlayIdmap"],
    missing: "warn",
    advice:
      'move the data root to ext4, xfs or btrfs with "--root DIR"; until then containers use the host\'s user namespace',
  },
  {
    id: "device-filter",
    title: "device filter (eBPF)",
    features: ["deviceFilter"],
    missing: "fail",
    advice: kernelOption("CONFIG_CGROUP_BPF, and CAP_BPF or CAP_SYS_ADMIN for brig"),
  },
];

/** One check for each experiment, or a single one that says why they were not made. */
export function featureChecks({ features, effectiveUid }: HostFacts): readonly DoctorCheck[] {
  if (features === undefined) {
    const advice = effectiveUid === 0 ? "build the helper: npm run setup" : "run brig doctor as root";
    return [check("kernel-features", "kernel features", warn("not tried", advice))];
  }
  return rows.map(({ id, title, features: names, missing, advice }) => {
    const refused = names.filter((name) => features[name] !== true);
    if (refused.length === 0) return check(id, title, "works");
    const found = refused.map((name) => `${name}: ${features[name] ?? "not tried"}`).join(", ");
    return check(id, title, missing === "fail" ? fail(found, advice) : warn(found, advice));
  });
}
