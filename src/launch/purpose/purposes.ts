import { namespacesOf } from "../cloneFlags.ts";
import { rlimitNames } from "../rlimitNames.ts";
import { ioctlRequests } from "../verify/ioctlRequests.ts";
import { cloneFlags, flag, number, text, word } from "../verify/tracedArgs.ts";
import type { TracedCall } from "../verify/tracedCall.ts";
import { type OpenFiles, resolvePath } from "./openFiles.ts";

/** The parts of a launch, in their order. */
export const purposePhases = ["cgroup", "namespaces", "root", "mounts", "settings", "privileges", "payload"] as const;
export type PurposePhase = (typeof purposePhases)[number];

export interface Purpose {
  readonly phase: PurposePhase;
  /** What it is for, in words that are the same for every way to do it. */
  readonly purpose: string;
}

/** What tells the places of one runtime from those of the container. */
export interface PurposePlaces {
  /** Where the container's root is for the runtime; an empty text when it has no other name for it than "/". */
  readonly root: string;
  /** Directories in which the runtime puts the root file system together. */
  readonly staging: readonly string[];
  /** Paths of the runtime's own, which are no part of a container. */
  readonly own: readonly string[];
  /** The names of the container's groups below any hierarchy. */
  readonly group: string;
  /** Paths in the container that are hidden, and those that are shown read-only (runtime-spec config-linux.md). */
  readonly masked: ReadonlySet<string>;
  readonly readOnly: ReadonlySet<string>;
}

export interface CallSurroundings {
  readonly files: OpenFiles;
  readonly places: PurposePlaces;
}

type Purposes = (call: TracedCall, surroundings: CallSurroundings) => readonly Purpose[];

const one = (phase: PurposePhase, purpose: string): readonly Purpose[] => [{ phase, purpose }];
const always =
  (phase: PurposePhase, purpose: string): Purposes =>
  () =>
    one(phase, purpose);
const rootFileSystem = one("root", "root file system");
const loopbackUp = one("settings", "loopback interface up");
const ids = always("privileges", "user and groups");

/** What calls are for; those that are not named make and bound nothing of a container. */
const purposes: ReadonlyMap<string, Purposes> = new Map<string, Purposes>([
  ["mkdirat", (call, at) => madeGroup(resolvePath(word(call, 0), text(call, 1), at.files), at.places)],
  ["mkdir", (call, at) => madeGroup(text(call, 0), at.places)],
  ["write", (call, at) => written(at.files.get(word(call, 0))?.path ?? "", at.places)],
  ["bpf", always("cgroup", "device rules")],
  ["clone", (call) => madeNamespaces(cloneFlags(call) & ~0xffn)],
  ["clone3", (call) => madeNamespaces(cloneFlags(call))],
  ["unshare", (call) => madeNamespaces(number(call, 0))],
  ["setns", (call) => namespacesOf(number(call, 1)).flatMap((name) => one("namespaces", `join a ${name} namespace`))],
  ["mount", mounted],
  ["move_mount", (call, { files, places }) => placed(resolvePath(word(call, 2), text(call, 3), files), places)],
  ["mount_setattr", (call, { files }) => propagated(resolvePath(word(call, 0), text(call, 1), files), call)],
  ["pivot_root", always("root", "change of the root")],
  ["chroot", always("root", "change of the root")],
  ["umount2", (call) => (text(call, 0) === "." || text(call, 0) === "/" ? one("root", "let go of the old root") : [])],
  ["mknodat", (call, at) => placed(resolvePath(word(call, 0), text(call, 1), at.files), at.places)],
  ["mknod", (call, at) => placed(text(call, 0), at.places)],
  ["symlinkat", (call, at) => linked(resolvePath(word(call, 1), text(call, 2), at.files), at.places)],
  ["sethostname", always("settings", "host name")],
  ["setdomainname", always("settings", "domain name")],
  ["ioctl", (call) => controlled(number(call, 1))],
  ["sendto", (call) => (raisesLoopback(call) ? loopbackUp : [])],
  ["setsid", always("privileges", "session of its own")],
  ["keyctl", (call) => (number(call, 0) === 1n ? one("privileges", "session keyring") : [])],
  ["prlimit64", (call) => (call.args[2]?.kind === "struct" ? limited(number(call, 1)) : [])],
  ["setrlimit", (call) => limited(number(call, 0))],
  ["capset", always("privileges", "capability sets")],
  ["seccomp", (call) => (number(call, 0) === 1n ? one("privileges", "system-call filter") : [])],
  ["prctl", (call) => controls.get(number(call, 0)) ?? []],
  ...["setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups"].map(
    (name) => [name, ids] as const,
  ),
  ["close_range", always("privileges", "no descriptors left open")],
  ["fcntl", (call) => (closesOnExec(call) ? one("privileges", "no descriptors left open") : [])],
]);

/** Names of all calls that have a purpose or say what a descriptor is. */
export const wantedCalls: ReadonlySet<string> = new Set([
  ...purposes.keys(),
  ...["execve", "execveat", "openat", "openat2", "open_tree", "fsopen", "fsconfig", "fsmount", "dup2", "dup3"],
  ...["close", "fork", "vfork"],
]);

/** Several for one that makes several namespaces, none for one that is no part of making a container. Pure. */
export function purposesOf(call: TracedCall, surroundings: CallSurroundings): readonly Purpose[] {
  return purposes.get(call.name)?.(call, surroundings) ?? [];
}

/** prctl(2), linux/prctl.h. */
const controls: ReadonlyMap<bigint, readonly Purpose[]> = new Map([
  [1n, one("privileges", "end with the parent")],
  [4n, one("privileges", "readable by others (dumpable)")],
  [8n, one("privileges", "keep capabilities over the change of the user")],
  [22n, one("privileges", "system-call filter")],
  [24n, one("privileges", "bounding set")],
  [28n, one("privileges", "secure bits")],
  [36n, one("payload", "parent of orphans")],
  [38n, one("privileges", "no new privileges")],
  [47n, one("privileges", "ambient set")],
]);

function limited(resource: bigint): readonly Purpose[] {
  return one("privileges", `limit ${rlimitNames[Number(resource)] ?? "other"}`);
}

const intoCgroup = 0x200000000n;

function madeNamespaces(flags: bigint): readonly Purpose[] {
  const made = namespacesOf(flags).flatMap((name) => one("namespaces", `new ${name} namespace`));
  return (flags & intoCgroup) === 0n ? made : [...one("cgroup", "group and its first process"), ...made];
}

function madeGroup(path: string, { group }: PurposePlaces): readonly Purpose[] {
  return path.startsWith("/sys/fs/cgroup/") && path.endsWith(group) ? one("cgroup", "group and its first process") : [];
}

const controllers = ["memory", "cpu", "cpuset", "io", "blkio", "pids", "hugetlb", "rdma", "misc"];

/** A file of cgroupfs or procfs, by its path or by its name below a descriptor that came from elsewhere. */
function written(path: string, { group }: PurposePlaces): readonly Purpose[] {
  const setting = /(?:^|^\/proc\/)sys\/(.+)$/.exec(path)?.[1];
  if (setting !== undefined && !path.startsWith("/sys/")) return one("settings", setting.replaceAll("/", "."));
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^(?:[ug]id_map|setgroups)$/.test(name)) return one("namespaces", "ids of the user namespace");
  if (name === "oom_score_adj") return one("privileges", "out-of-memory score");
  if (path.startsWith("/") && !path.startsWith("/sys/fs/cgroup/")) return [];
  if (!path.includes(group) && path.includes("/")) return [];
  if (name === "cgroup.procs" || name === "tasks") return one("cgroup", "group and its first process");
  if (name.startsWith("devices.")) return one("cgroup", "device rules");
  const controller = controllers.find((prefix) => name.startsWith(`${prefix}.`));
  if (controller === undefined) return [];
  return one("cgroup", `limits: ${controller === "blkio" ? "io" : controller}`);
}

const changesPropagation = 0x1e0000n;

function mounted(call: TracedCall, { files, places }: CallSurroundings): readonly Purpose[] {
  const named = text(call, 1);
  if ((number(call, 3) & changesPropagation) !== 0n && (named === "/" || named === "."))
    return one("root", "no mount travels to the host");
  return placed(resolvePath("", named, files), places);
}

/** Of the mounts of the whole tree; how one mount spreads is a part of making that. */
function propagated(path: string, call: TracedCall): readonly Purpose[] {
  const isTree = path === "/" || text(call, 1) === "/";
  return isTree ? one("root", "no mount travels to the host") : [];
}

/** The path as the container has it; undefined where it is one of the runtime's own. */
function insidePath(path: string, { root, staging, own }: PurposePlaces): string | undefined {
  if (own.some((place) => isBelow(path, place))) return undefined;
  if (path === root || staging.some((place) => isBelow(path, place))) return "/";
  return isBelow(path, root) ? path.slice(root.length) : path;
}

function isBelow(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function placed(path: string, places: PurposePlaces): readonly Purpose[] {
  const inside = insidePath(path, places);
  if (inside === undefined) return [];
  if (inside === "/" || !inside.startsWith("/")) return rootFileSystem;
  if (places.masked.has(inside)) return one("mounts", `hide ${inside}`);
  if (places.readOnly.has(inside)) return one("mounts", `read-only ${inside}`);
  const device = /^\/dev\/(?:null|zero|full|random|urandom|tty|console)$/.test(inside);
  return one("mounts", device ? `device ${inside}` : `mount ${inside}`);
}

function linked(path: string, places: PurposePlaces): readonly Purpose[] {
  const inside = insidePath(path, places);
  return inside === undefined ? [] : one("mounts", `link ${inside}`);
}

function controlled(request: bigint): readonly Purpose[] {
  if (request === ioctlRequests.interfaceUp) return loopbackUp;
  return request === ioctlRequests.takeTerminal ? one("privileges", "terminal of the session") : [];
}

/** A request of rtnetlink(7) to set IFF_UP of the first interface, which a new network namespace has. */
function raisesLoopback({ args: [, message, , , to] }: TracedCall): boolean {
  if (message?.kind !== "list" || to?.kind !== "struct" || flag(to.fields.get("sa_family")) !== 0x10n) return false;
  const [header, body] = message.items;
  if (header?.kind !== "struct" || flag(header.fields.get("nlmsg_type")) !== 0x10n) return false;
  if (body?.kind !== "bytes" || body.bytes.length < 12) return false;
  return body.bytes.readUInt32LE(4) === 1 && (body.bytes.readUInt32LE(8) & 1) === 1;
}

/** F_SETFD with FD_CLOEXEC, fcntl(2). */
function closesOnExec(call: TracedCall): boolean {
  return number(call, 1) === 2n && (number(call, 2) & 1n) === 1n;
}
