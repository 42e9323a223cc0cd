import { watchedPaths } from "../../src/container/posture/pathFacts.ts";
import type { PostureSightings, SeenPath } from "../../src/container/posture/sightings.ts";
import type { SeenMount } from "../../src/host/index.ts";
import { defaultDeviceRules } from "../../src/launch/deviceRules.ts";
import { defaultMounts } from "../../src/launch/hardening/defaultMounts.ts";
import { systemPaths } from "../../src/launch/hardening/systemPaths.ts";
import { compileSeccomp } from "../../src/launch/seccomp/compile.ts";
import { defaultSeccompProfile } from "../../src/launch/seccomp/profile.ts";
import { resolveProfile } from "../../src/launch/seccomp/resolveProfile.ts";
import { capabilityMask, resolveCapabilities } from "../../src/namespaces/index.ts";
import type { RuntimeSpec, SpecMount } from "../../src/oci/index.ts";

/** What would be seen of a container without flags on a host that offers everything. */
export function defaultSightings(): PostureSightings {
  const { names } = resolveCapabilities({ profile: "default", add: [], drop: [], privileged: false }, (1n << 64n) - 1n);
  const mask = capabilityMask(names).toString(16).padStart(16, "0");
  const none = "0".repeat(16);
  const context = { capabilities: names, arch: "x86_64", kernelRelease: "6.1.0" } as const;
  const mounts = standardMounts();
  const throttles = ["/sys/devices/system/cpu/cpu0/thermal_throttle"];
  return {
    ...{ root: "/data", mounts, throttles, arch: "x86_64", label: "brig-default (enforce)", oomScoreAdj: "0" },
    spec: defaultSpec(mounts),
    status: new Map([
      ...["CapEff", "CapPrm", "CapBnd"].map((set) => [set, mask] as const),
      ...["CapInh", "CapAmb"].map((set) => [set, none] as const),
      ["Seccomp", "2"],
      ["NoNewPrivs", "0"],
    ]),
    program: compileSeccomp(resolveProfile(defaultSeccompProfile("default"), context), "x86_64"),
    paths: new Map([...watchedPaths, ...throttles].map((path) => [path, seenPath(path)])),
    nodes: new Map(
      ["null c 1:3", "zero c 1:5", "full c 1:7", "random c 1:8", "urandom c 1:9", "tty c 5:0"].map((text) => {
        const [name = "", ...numbers] = text.split(" ");
        return [name, numbers.join(" ")];
      }),
    ),
    rules: defaultDeviceRules,
    sharedNamespaces: new Set(["time"]),
    idMaps: { users: "0 100000 65536\n", groups: "0 100000 65536\n" },
    ledOut: [],
    ownKeyring: true,
    modules: { appArmor: true, selinux: false },
    sysctls: new Map([
      ["net.ipv4.ping_group_range", "0 65535"],
      ["net.ipv4.ip_unprivileged_port_start", "0"],
    ]),
    limits: new Map([["core file size", "0"]]),
    pidsMax: "4096",
    ownNetwork: true,
  };
}

function defaultSpec(mounts: readonly SeenMount[]): RuntimeSpec {
  const spec = {
    process: { user: { uid: 0 } },
    mounts: mounts.map(({ point }) => ({ destination: point, source: "" })),
  };
  return spec as unknown as RuntimeSpec; // the parts that a posture reads
}

const shownFlags: ReadonlySet<string> = new Set(["ro", "nosuid", "nodev", "noexec"]);

function standardMounts(): readonly SeenMount[] {
  const own = { kind: "own" } as const;
  const request = { privileged: false, writableCgroups: false, cgroup: own, shm: { ...own, sizeBytes: 1 } };
  const root = { destination: "/", type: "overlay", source: "overlay", options: ["nodev"] };
  return [root, ...defaultMounts(request)].map(({ destination, type, source, options }: SpecMount, index) => ({
    ...{ id: `${index}`, point: destination, part: "/", type, source, superOptions: "rw", propagation: [], groups: [] },
    options: ["relatime", ...options.filter((option) => shownFlags.has(option))].join(","),
  }));
}

function seenPath(path: string): SeenPath {
  const { masked } = systemPaths({ privileged: false, unconfined: false, processors: [0] });
  const kind = masked.includes(path) ? "device" : "file";
  const mount = { id: "9", part: "/", type: "proc", source: "proc", superOptions: "rw", propagation: [], groups: [] };
  return { kind, mount: { ...mount, point: path, options: "ro,nosuid,nodev,noexec" } };
}
