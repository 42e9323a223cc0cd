import { readFileSync } from "node:fs";
import { hostname, machine } from "node:os";
import { readFileIfExists } from "../base/index.ts";
import { cgroupChecks } from "./cgroupChecks.ts";
import type { DoctorMessages } from "./doctorCheck.ts";
import type { HostFacts } from "./hostFacts.ts";

/** Docker's `info` document, as far as scripts and clients read it (Engine API, GET /info). */
export interface HostSummary {
  readonly ID: string;
  readonly Containers: number;
  readonly ContainersRunning: number;
  readonly ContainersPaused: number;
  readonly ContainersStopped: number;
  readonly Images: number;
  readonly Driver: string;
  readonly DriverStatus: readonly (readonly [string, string])[];
  readonly Plugins: {
    readonly Volume: readonly string[];
    readonly Network: readonly string[];
    readonly Log: readonly string[];
  };
  readonly MemoryLimit: boolean;
  readonly SwapLimit: boolean;
  readonly CpuCfsPeriod: boolean;
  readonly CpuCfsQuota: boolean;
  readonly CPUShares: boolean;
  readonly CPUSet: boolean;
  readonly PidsLimit: boolean;
  readonly OomKillDisable: false;
  readonly IPv4Forwarding: boolean;
  readonly Debug: false;
  readonly SystemTime: string;
  readonly CgroupDriver: "cgroupfs" | "systemd";
  readonly CgroupVersion: "2" | "none";
  readonly KernelVersion: string;
  readonly OperatingSystem: string;
  readonly OSVersion: string;
  readonly OSType: "linux";
  readonly Architecture: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly DockerRootDir: string;
  readonly Name: string;
  readonly Labels: readonly string[];
  readonly ServerVersion: string;
  readonly Runtimes: Readonly<Record<string, { readonly path: string }>>;
  readonly DefaultRuntime: string;
  readonly Swarm: { readonly LocalNodeState: "inactive" };
  readonly LiveRestoreEnabled: true;
  readonly InitBinary: string;
  readonly SecurityOptions: readonly string[];
  readonly Warnings: readonly string[];
}

/** What the other rooms have counted. */
export interface HostCounts {
  readonly running: number;
  readonly paused: number;
  readonly stopped: number;
  readonly images: number;
}

/** What the summary says beside the facts. */
export interface SummaryParts {
  readonly counts: HostCounts;
  readonly serverVersion: string;
  /** Of the warnings. */
  readonly words: DoctorMessages;
}

/** Describes the host as `docker info --format json` does. Reads /etc/os-release; the rest is in the arguments. */
export function summarizeHost(facts: HostFacts, { counts, serverVersion, words }: SummaryParts): HostSummary {
  const os = parseOsRelease(readFileIfExists("/etc/os-release") ?? readFileIfExists("/usr/lib/os-release") ?? "");
  const offered = (name: string) =>
    facts.cgroup.controllers.some((place) => place.name === name && place.state === "offered");
  return {
    // One engine for a machine and data root; there is no daemon whose identity it could be.
    ID: readFileIfExists("/etc/machine-id")?.trim() || facts.bootId,
    Containers: counts.running + counts.paused + counts.stopped,
    ContainersRunning: counts.running,
    ContainersPaused: counts.paused,
    ContainersStopped: counts.stopped,
    Images: counts.images,
    Driver: "overlay2",
    DriverStatus: [["Idmapped Layers", String(facts.features?.overlayIdmap === true)]],
    Plugins: { Volume: ["local"], Network: ["host", "null"], Log: [] },
    MemoryLimit: offered("memory"),
    SwapLimit: offered("memory") && facts.cgroup.swap,
    CpuCfsPeriod: offered("cpu"),
    CpuCfsQuota: offered("cpu"),
    CPUShares: offered("cpu"),
    CPUSet: offered("cpuset"),
    PidsLimit: offered("pids"),
    OomKillDisable: false,
    IPv4Forwarding: readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8").trim() === "1",
    Debug: false,
    SystemTime: new Date().toISOString(),
    CgroupDriver: facts.cgroup.manager ?? "cgroupfs",
    CgroupVersion: facts.cgroup.mountPoint === undefined ? "none" : "2",
    KernelVersion: facts.kernel.release,
    OperatingSystem: os.get("PRETTY_NAME") ?? os.get("NAME") ?? "Linux",
    OSVersion: os.get("VERSION_ID") ?? "",
    OSType: "linux",
    Architecture: machine(), // uname's name here, the OCI name everywhere else: so it is with Docker
    NCPU: facts.cpuCount,
    MemTotal: facts.memoryBytes,
    DockerRootDir: facts.paths.dataRoot,
    Name: hostname(),
    Labels: [],
    ServerVersion: serverVersion,
    Runtimes: { brig: { path: facts.paths.helperPath } },
    DefaultRuntime: "brig",
    Swarm: { LocalNodeState: "inactive" },
    LiveRestoreEnabled: true,
    InitBinary: "brig-helper",
    SecurityOptions: securityOptions(facts),
    Warnings: cgroupChecks(facts.cgroup, words)
      .filter(({ status }) => status !== "ok")
      .map(({ title, found }) => `WARNING: ${title}: ${found}`),
  };
}

function securityOptions({ securityModules, features }: HostFacts): readonly string[] {
  return [
    ...(securityModules.apparmor ? ["name=apparmor"] : []),
    ...(securityModules.selinux ? ["name=selinux"] : []),
    "name=seccomp,profile=builtin",
    "name=cgroupns",
    ...(features?.overlayIdmap === true ? ["name=userns"] : []),
  ];
}

/** The assignments of an os-release file (os-release(5)); quotes and backslashes are taken off the values. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.slice(0, 65_536).split("\n")) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (match?.[1] === undefined) continue;
    const raw = match[2] ?? "";
    const quoted = raw.length > 1 && (raw[0] === '"' || raw[0] === "'") && raw.endsWith(raw[0]);
    values.set(match[1], (quoted ? raw.slice(1, -1) : raw).replace(/\\(.)/g, "$1"));
  }
  return values;
}
