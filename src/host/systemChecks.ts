import { formatBinarySize } from "../base/index.ts";
import { check, type DoctorCheck, type DoctorMessages, fail, warn } from "./doctorCheck.ts";
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
export function systemChecks(facts: HostFacts, seen: Observations, words: DoctorMessages): readonly DoctorCheck[] {
  return [
    kernel(facts, words),
    identity(facts, words),
    helper(facts, seen, words),
    ...storage(facts, seen, words),
    openFiles(facts, words),
    userNamespaces(facts, words),
    ...inotify(seen, words),
    ...tools(seen, words),
    securityModules(facts, words),
    clock(seen, words),
  ];
}

function kernel({ kernel: { release, major, minor } }: HostFacts, { kernel: words }: DoctorMessages): DoctorCheck {
  const { major: floorMajor, minor: floorMinor } = kernelFloor;
  const old = major < floorMajor || (major === floorMajor && minor < floorMinor);
  const outcome = old ? fail(release, words.tooOld({ floor: `${floorMajor}.${floorMinor}` })) : release;
  return check("kernel", words.title, outcome);
}

function holds({ effectiveCapabilities }: HostFacts, bit: number): boolean {
  return ((BigInt(`0x${effectiveCapabilities}`) >> BigInt(bit)) & 1n) === 1n;
}

function identity(facts: HostFacts, { root: words }: DoctorMessages): DoctorCheck {
  if (facts.effectiveUid !== 0) {
    return check("root", words.title, fail(words.user({ uid: facts.effectiveUid }), words.userAdvice));
  }
  const missing = neededCapabilities.filter(([bit]) => !holds(facts, bit)).map(([, name]) => `CAP_${name}`);
  if (missing.length === 0) return check("root", words.title, words.good);
  return check("root", words.title, fail(words.without({ names: missing.join(", ") }), words.withoutAdvice));
}

function helper({ paths }: HostFacts, { helper: state }: Observations, { helper: words }: DoctorMessages): DoctorCheck {
  const path = paths.helperPath;
  if (state === "executable") return check("helper", words.title, path);
  const found = state === "missing" ? words.missing({ path }) : words.notExecutable({ path });
  return check("helper", words.title, fail(found, words.advice));
}

function storage({ paths }: HostFacts, { dataRoot }: Observations, words: DoctorMessages): readonly DoctorCheck[] {
  const { fileSystem, freeBytes, freeFiles, exists } = dataRoot;
  const place = { fileSystem, path: paths.dataRoot };
  const where = exists ? words.dataRoot.place(place) : words.dataRoot.futurePlace(place);
  const size = formatBinarySize(freeBytes);
  const { free, freeWithoutLimit, advice, title } = words.dataSpace;
  const space = freeFiles === Infinity ? freeWithoutLimit({ space: size }) : free({ space: size, files: freeFiles });
  const short = freeBytes < 100 * 1024 ** 2 || freeFiles < 1000;
  const tight = freeBytes < 1024 ** 3 || freeFiles < 50_000;
  return [
    check(
      "data-root",
      words.dataRoot.title,
      fileSystem === "tmpfs"
        ? warn(where, words.dataRoot.inMemory)
        : fileSystem === "overlay" || fileSystem === "nfs" || fileSystem === "hostfs"
          ? fail(where, words.dataRoot.notStackable({ fileSystem }))
          : where,
    ),
    check("data-space", title, short ? fail(space, advice) : tight ? warn(space, advice) : space),
  ];
}

/** What containers get unless --ulimit says otherwise. */
const defaultOpenFiles = 524_288;

function openFiles(facts: HostFacts, { openFiles: words }: DoctorMessages): DoctorCheck {
  const { soft, hard } = facts.openFiles;
  const found = words.found({ soft, hard });
  if (hard >= defaultOpenFiles || holds(facts, sysResourceBit)) return check("open-files", words.title, found);
  return check("open-files", words.title, warn(found, words.advice({ hard, wanted: defaultOpenFiles })));
}

function userNamespaces({ userNamespacesMax: max }: HostFacts, { userNamespaces: words }: DoctorMessages): DoctorCheck {
  const command = "sysctl user.max_user_namespaces=65536";
  if (max === 0) return check("user-namespaces", words.title, fail(words.none, words.allow({ command })));
  return check("user-namespaces", words.title, max < 256 ? warn(`${max}`, words.few({ command })) : `${max}`);
}

function inotify(
  { inotifyInstances, inotifyWatches }: Observations,
  { inotify: words }: DoctorMessages,
): readonly DoctorCheck[] {
  const limit = (id: string, title: string, row: { value: number | undefined; low: number; setting: string }) =>
    row.value === undefined
      ? check(id, title, warn(words.absent, words.absentAdvice))
      : check(
          id,
          title,
          row.value < row.low ? warn(`${row.value}`, words.low({ setting: row.setting })) : `${row.value}`,
        );
  return [
    limit("inotify-instances", words.instances, {
      value: inotifyInstances,
      low: 512,
      setting: "fs.inotify.max_user_instances=1024",
    }),
    limit("inotify-watches", words.watches, {
      value: inotifyWatches,
      low: 65_536,
      setting: "fs.inotify.max_user_watches=524288",
    }),
  ];
}

function tools({ tools: { nft, ip } }: Observations, { tools: words }: DoctorMessages): readonly DoctorCheck[] {
  return [
    check("nft", "nft", nft ?? warn(words.notFound, words.nft)),
    check("ip", "ip", ip ?? warn(words.notFound, words.ip)),
  ];
}

function securityModules(
  { securityModules: modules, effectiveUid }: HostFacts,
  { securityModules: words }: DoctorMessages,
): DoctorCheck {
  const { apparmor, selinux, appArmor, selinuxContexts } = modules;
  const active = [...(apparmor ? ["AppArmor"] : []), ...(selinux ? ["SELinux"] : [])];
  const found = active.join(", ") || words.none;
  const lacksParser =
    appArmor !== undefined && appArmor.parser === undefined && !appArmor.loaded.includes("brig-default");
  const lacks = [
    ...(apparmor && appArmor === undefined && effectiveUid === 0 ? [words.unseen] : []),
    ...(lacksParser ? [words.noParser] : []),
    ...(selinux && selinuxContexts === undefined ? [words.noContexts] : []),
  ];
  return check("security-modules", words.title, lacks.length === 0 ? found : warn(found, lacks.join("; ")));
}

function clock({ clockMs, helperBuiltMs }: Observations, { clock: words }: DoctorMessages): DoctorCheck {
  const now = new Date(clockMs).toISOString();
  if (clockMs >= helperBuiltMs) return check("clock", words.title, now);
  return check("clock", words.title, warn(words.behind({ now }), words.advice));
}
