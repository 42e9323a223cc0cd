import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, machine, release, totalmem } from "node:os";
import { readFileIfExists } from "../base/index.ts";
import { readCgroupFacts } from "./cgroupFacts.ts";
import { readFeatureCache } from "./featureCache.ts";
import type { HostFacts, HostPaths, KernelVersion, ResourceLimit } from "./hostFacts.ts";
import { readSecurityModules } from "./securityModules.ts";

/** Machine names of uname(2) to the architecture names of the OCI image specification (Go's GOARCH). */
const architectures: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  i686: "386",
  aarch64: "arm64",
  armv7l: "arm",
  ppc64le: "ppc64le",
  s390x: "s390x",
  riscv64: "riscv64",
  loongarch64: "loong64",
};

/**
 * Gathers the facts that plans are made from: a dozen small reads. Needs no root. `features` is there when the kernel was
 * asked in this boot already (`probeFeatures` of the launch room asks it).
 */
export function probeHost(paths: HostPaths): HostFacts {
  const status = readFileSync("/proc/self/status", "utf8");
  const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const effectiveUid = Number(/^Uid:\t\d+\t(\d+)/m.exec(status)?.[1] ?? -1);
  const cgroup = readCgroupFacts({
    mountinfo: readFileSync("/proc/self/mountinfo", "utf8"),
    ownCgroup: readFileIfExists("/proc/self/cgroup") ?? "",
    table: readFileIfExists("/proc/cgroups"),
    read: readFileIfExists,
    swap: readFileIfExists("/proc/swaps") !== undefined,
    systemd: existsSync("/run/systemd/system"),
  });
  const features = effectiveUid === 0 ? readFeatureCache({ bootId, cgroup, paths }) : undefined;
  return {
    kernel: parseKernelRelease(release()),
    architecture: architectures[machine()] ?? machine(),
    effectiveUid,
    effectiveCapabilities: /^CapEff:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? "0",
    bootId,
    cpuCount: availableParallelism(),
    memoryBytes: totalmem(),
    openFiles: parseOpenFiles(readFileSync("/proc/self/limits", "utf8")),
    userNamespacesMax: Number(readFileIfExists("/proc/sys/user/max_user_namespaces") ?? 0),
    securityModules: readSecurityModules(),
    cgroup,
    paths,
    ...(features === undefined ? {} : { features }),
  };
}

/** `6.1.0-18-amd64` -> 6 and 1; a release that is not of this form counts as 0.0. */
export function parseKernelRelease(text: string): KernelVersion {
  const match = /^(\d{1,4})\.(\d{1,4})/.exec(text);
  return { release: text, major: Number(match?.[1] ?? 0), minor: Number(match?.[2] ?? 0) };
}

/** The "Max open files" row of /proc/PID/limits (proc_pid_limits(5)). */
export function parseOpenFiles(text: string): ResourceLimit {
  const match = /^Max open files +(\d+|unlimited) +(\d+|unlimited)/m.exec(text);
  const count = (word: string | undefined) => (word === undefined || word === "unlimited" ? Infinity : Number(word));
  return { soft: count(match?.[1]), hard: count(match?.[2]) };
}
