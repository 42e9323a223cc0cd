import { formatBinarySize } from "../base/index.ts";
import { check, type DoctorCheck, fail, warn } from "./doctorCheck.ts";
import type { HostFacts } from "./hostFacts.ts";
import type { Observations } from "./observeHost.ts";

/** The oldest kernel whose every needed system call exists (docs/decisions). */
export const kernelFloor = { major: 6, minor: 1 } as const;

/** Capabilities that containers are built with, by bit (capabilities(7)). */
const neededCapabilities: readonly (readonly [bit: number, name: string])[] = [
  [0, "CHOWN"],
  [1, "DAC_OVERRIDE"],
  [3, "FOWNER"],
  [4, "FSETID"],
  [5, "KILL"],
  [6, "SETGID"],
  [7, "SETUID"],
  [8, "SETPCAP"],
  [12, "NET_ADMIN"],
  [18, "SYS_CHROOT"],
  [21, "SYS_ADMIN"],
  [27, "MKNOD"],
  [31, "SETFCAP"],
];

/** CAP_SYS_RESOURCE: raising hard limits. */
const sysResourceBit = 24;

/** Kernel, identity, helper, limits, storage, tools, security modules and clock. */
export function systemChecks(facts: HostFacts, seen: Observations): readonly DoctorCheck[] {
  return [
    kernel(facts),
    identity(facts),
    helper(facts, seen),
    ...storage(facts, seen),
    openFiles(facts),
    userNamespaces(facts),
    ...inotify(seen),
    ...tools(seen),
    securityModules(facts),
    clock(seen),
  ];
}

function kernel({ kernel: { release, major, minor } }: HostFacts): DoctorCheck {
  const { major: floorMajor, minor: floorMinor } = kernelFloor;
  const old = major < floorMajor || (major === floorMajor && minor < floorMinor);
  const outcome = old ? fail(release, `brig needs Linux ${floorMajor}.${floorMinor} or later`) : release;
  return check("kernel", "kernel", outcome);
}

function holds({ effectiveCapabilities }: HostFacts, bit: number): boolean {
  return ((BigInt(`0x${effectiveCapabilities}`) >> BigInt(bit)) & 1n) === 1n;
}

function identity(facts: HostFacts): DoctorCheck {
  const title = "root with all capabilities";
  if (facts.effectiveUid !== 0) {
    return check(
      "root",
      title,
      fail(`user ${facts.effectiveUid}`, "run brig as root; only plan, version and doctor work without"),
    );
  }
  const missing = neededCapabilities.filter(([bit]) => !holds(facts, bit)).map(([, name]) => `CAP_${name}`);
  if (missing.length === 0) return check("root", title, "root");
  return check(
    "root",
    title,
    fail(`root without ${missing.join(", ")}`, "give these capabilities to whatever starts brig"),
  );
}

function helper({ paths }: HostFacts, { helper: state }: Observations): DoctorCheck {
  const found = `${paths.helperPath} is ${state}`;
  return check(
    "helper",
    "native helper",
    state === "executable" ? paths.helperPath : fail(found, "build it: npm run setup"),
  );
}

function storage({ paths }: HostFacts, { dataRoot }: Observations): readonly DoctorCheck[] {
  const { fileSystem, freeBytes, freeFiles, exists } = dataRoot;
  const where = `${fileSystem} at ${paths.dataRoot}${exists ? "" : " (made when it is first needed)"}`;
  const space = `${formatBinarySize(freeBytes)} and ${freeFiles === Infinity ? "any number of" : freeFiles} files free`;
  const free = 'remove what is not needed ("brig rmi"), or move the data root with "--root DIR"';
  const short = freeBytes < 100 * 1024 ** 2 || freeFiles < 1000;
  const tight = freeBytes < 1024 ** 3 || freeFiles < 50_000;
  return [
    check(
      "data-root",
      "file system of the data root",
      fileSystem === "tmpfs"
        ? warn(where, "images and containers are lost at the next boot; choose a disk with --root DIR")
        : fileSystem === "overlay" || fileSystem === "nfs" || fileSystem === "hostfs"
          ? fail(where, `overlay cannot be stacked on ${fileSystem}; choose a local disk with --root DIR`)
          : where,
    ),
    check("data-space", "space in the data root", short ? fail(space, free) : tight ? warn(space, free) : space),
  ];
}

/** What containers get unless --ulimit says otherwise. */
const defaultOpenFiles = 524_288;

function openFiles(facts: HostFacts): DoctorCheck {
  const { soft, hard } = facts.openFiles;
  const found = `${soft} (at most ${hard})`;
  const title = "open files";
  if (hard >= defaultOpenFiles || holds(facts, sysResourceBit)) return check("open-files", title, found);
  const advice = `containers get at most ${hard} instead of ${defaultOpenFiles}: raise the hard limit of whatever starts brig`;
  return check("open-files", title, warn(found, advice));
}

function userNamespaces({ userNamespacesMax: max }: HostFacts): DoctorCheck {
  const title = "number of user namespaces";
  const set = "sysctl user.max_user_namespaces=65536";
  if (max === 0) return check("user-namespaces", title, fail("none allowed", `allow them: ${set}`));
  return check("user-namespaces", title, max < 256 ? warn(`${max}`, `one container needs one: ${set}`) : `${max}`);
}

function inotify({ inotifyInstances, inotifyWatches }: Observations): readonly DoctorCheck[] {
  const limit = (id: string, title: string, row: { value: number | undefined; low: number; setting: string }) =>
    row.value === undefined
      ? check(id, title, warn("not in this kernel", "programs that watch files will not work: CONFIG_INOTIFY_USER"))
      : check(
          id,
          title,
          row.value < row.low
            ? warn(`${row.value}`, `file watchers of several containers share it: sysctl ${row.setting}`)
            : `${row.value}`,
        );
  return [
    limit("inotify-instances", "inotify instances", {
      value: inotifyInstances,
      low: 512,
      setting: "fs.inotify.max_user_instances=1024",
    }),
    limit("inotify-watches", "inotify watches", {
      value: inotifyWatches,
      low: 65_536,
      setting: "fs.inotify.max_user_watches=524288",
    }),
  ];
}

function tools({ tools: { nft, ip } }: Observations): readonly DoctorCheck[] {
  return [
    check("nft", "nft", nft ?? warn("not found", "needed to publish ports: apt-get install nftables")),
    check("ip", "ip", ip ?? warn("not found", "needed for bridge networks: apt-get install iproute2")),
  ];
}

function securityModules({ securityModules: { apparmor, selinux } }: HostFacts): DoctorCheck {
  const active = [...(apparmor ? ["AppArmor"] : []), ...(selinux ? ["SELinux"] : [])];
  const found = active.join(", ") || "none: user namespaces, capabilities and seccomp confine containers";
  return check("security-modules", "security modules", found);
}

function clock({ clockMs, helperBuiltMs }: Observations): DoctorCheck {
  const now = new Date(clockMs).toISOString();
  const title = "system clock";
  if (clockMs >= helperBuiltMs) return check("clock", title, now);
  return check(
    "clock",
    title,
    warn(
      `${now}, before brig was built`,
      "set the clock: certificates of registries cannot be checked with a wrong one",
    ),
  );
}
