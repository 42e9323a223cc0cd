import type { PostureFact } from "./fact.ts";
import type { PostureSightings } from "./sightings.ts";

/** The namespaces of namespaces(7): Docker makes six of them for each container (moby's daemon/pkg/oci/defaults.go). */
const namespaces: readonly {
  readonly kind: string;
  readonly name: string;
  readonly docker: readonly string[];
  readonly why: string;
}[] = [
  { kind: "mnt", name: "mount", docker: [], why: "It sees its own file systems." },
  { kind: "pid", name: "pid", docker: [], why: "It sees and signals its own processes." },
  { kind: "net", name: "network", docker: [], why: "It has its own interfaces, ports and abstract sockets." },
  { kind: "ipc", name: "ipc", docker: [], why: "It has its own shared memory and queues." },
  { kind: "uts", name: "uts", docker: [], why: "It has its own host name." },
  { kind: "cgroup", name: "cgroup", docker: [], why: "It sees its own group as the root of all." },
  { kind: "user", name: "user", docker: ["the host's"], why: "Its root is nobody on the host." },
  { kind: "time", name: "time", docker: ["the host's"], why: "It has its own clock since the start." },
];

/** Which namespaces are its own. Pure, as all makers of facts. */
export function namespaceFacts({ sharedNamespaces }: PostureSightings): readonly PostureFact[] {
  return namespaces.map(({ kind, name, docker, why }) => {
    const here = sharedNamespaces.has(kind) ? ["the host's"] : [];
    return { section: "namespaces", name, docker, here, none: "its own", why };
  });
}

/** Who its processes are, and what they were started with. */
export function identityFacts(seen: PostureSightings): readonly PostureFact[] {
  const { status, spec, idMaps, oomScoreAdj, ledOut, ownKeyring } = seen;
  const section = "identity";
  const score = Number(oomScoreAdj);
  return [
    {
      ...{ section, name: "user of the first process", docker: ["root"], none: `user ${spec.process.user.uid}` },
      here: spec.process.user.uid === 0 ? ["root"] : [],
      why: "Root of the container may do what its capabilities say.",
    },
    ...(["users", "groups"] as const).map(
      (kind): PostureFact => ({
        ...{ section, name: `${kind} on the host`, docker: ["the host's"], none: "of its own" },
        here: reachesRoot(idMaps[kind]) ? ["the host's"] : [],
        why: "Files and processes of the host are out of reach of ids that are no one's there.",
      }),
    ),
    {
      ...{ section, name: "programs that raise privileges", docker: ["work"], none: "without effect" },
      here: status.get("NoNewPrivs") === "1" ? [] : ["work"],
      why: "A set-user-ID program makes its caller root of the container.",
    },
    {
      ...{
        section,
        name: "keyring of the session",
        docker: [],
        none: "its own",
        here: ownKeyring ? [] : ["the caller's"],
      },
      why: "Keys of who started the container stay with them.",
    },
    {
      ...{ section, name: "descriptors that lead out", docker: [], here: ledOut, none: "none" },
      why: "A directory of the host that stays open leads to all of its files (CVE-2024-21626).",
    },
    {
      ...{ section, name: "protection from the memory killer", docker: [], none: "none" },
      here: score < 0 ? [`${score}`] : [],
      why: "The kernel would end processes of the host in its stead.",
    },
    ...moduleFacts(seen),
  ];
}

/** Whether some id inside is the host's 0 (user_namespaces(7)): `INSIDE OUTSIDE COUNT`, a line each. */
function reachesRoot(map: string): boolean {
  return map.split("\n").some((line) => /^\s*\d+\s+0\s+[1-9]/.test(line));
}

/** Docker confines by AppArmor where the host has it, and by SELinux only where its daemon is told to. */
function moduleFacts({ modules, label }: PostureSightings): readonly PostureFact[] {
  // A profile that complains denies nothing (apparmor(7)).
  const unconfined = label === "" || label.startsWith("unconfined") || /\((complain|unconfined|prompt)\)$/.test(label);
  const absent = { words: { docker: "not on this host", here: "not on this host" } };
  return [
    {
      ...{ section: "identity", name: "AppArmor", docker: [], none: "a profile" },
      here: modules.appArmor && unconfined ? ["unconfined"] : [],
      why: "It denies mounts and writing to the kernel's files once more.",
      ...(modules.appArmor ? {} : absent),
    },
    {
      ...{ section: "identity", name: "SELinux", docker: modules.selinux ? ["unconfined"] : [], none: "a label" },
      here: modules.selinux && !label.includes(":container_t:") ? ["unconfined"] : [],
      why: "It keeps a container from files of the host and of others.",
      ...(modules.selinux ? {} : absent),
    },
  ];
}

/** Limits and settings of the kernel that Docker's defaults name. */
export function settingFacts({ sysctls, limits, pidsMax, ownNetwork }: PostureSightings): readonly PostureFact[] {
  const section = "settings";
  const [first = 1, last = 0] = (sysctls.get("net.ipv4.ping_group_range") ?? "").split(" ").map(Number);
  const ports = sysctls.get("net.ipv4.ip_unprivileged_port_start");
  const core = limits.get("core file size");
  return [
    {
      ...{ section, name: "echo requests without a capability", docker: ["every group"], none: "no group" },
      here: ownNetwork && first <= last ? ["every group"] : [],
      why: "It lets ping work without raw sockets.",
    },
    {
      ...{ section, name: "low ports without a capability", docker: ["every port"], none: `from ${ports ?? "1024"}` },
      here: ownNetwork && ports === "0" ? ["every port"] : [],
      why: "The ports are those of its own network.",
    },
    {
      ...{ section, name: "number of processes", docker: ["without limit"], none: `at most ${pidsMax}` },
      here: pidsMax === undefined || pidsMax === "max" ? ["without limit"] : [],
      why: "Processes without end take the whole machine.",
    },
    {
      ...{ section, name: "core files", docker: ["written"], none: "none unless asked for" },
      here: core === undefined || !core.startsWith("0") ? ["written"] : [],
      why: "They are written by a program of the host that the container has some say in.",
    },
  ];
}
