import { readdirSync, readlinkSync, statSync } from "node:fs";
import { arch as processorArchitecture } from "node:os";
import { join } from "node:path";
import { errnoOf, fileSystemError, readFileIfExists, unlessGone } from "../../base/index.ts";
import { groupFiles } from "../../cgroups/index.ts";
import { type HostFacts, offers, readMounts, type SeenMount } from "../../host/index.ts";
import {
  allowsEveryDevice,
  cachedProgram,
  nativeArch,
  processorsWithThermalThrottle,
  type RootFile,
  readRunningFiles,
  readTree,
} from "../../launch/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { piecesOf } from "../archive/describePath.ts";
import { keyed, namespaceLinks, resourceLimits } from "../compare/processFacts.ts";
import { containerSysctls } from "../compare/sysctls.ts";
import { readStartJournal } from "../journal/startJournal.ts";
import { type RunningContainer, readContainerSpec } from "../state/runningContainer.ts";
import { watchedPaths } from "./pathFacts.ts";
import type { PostureSightings, SeenPath } from "./sightings.ts";

export interface LookPlaces {
  readonly root: string;
  readonly helperPath: string;
  readonly host: HostFacts;
}

/**
 * Looks at a container that runs: at its first process from outside, and at its files by a helper that joins its user
 * and mount namespace, so that nothing of the container is executed and an image without a shell can be looked at.
 *
 * @throws EngineError `fileSystem` or `launchFailed` when it has ended meanwhile.
 */
export async function lookAround(container: RunningContainer, places: LookPlaces): Promise<PostureSightings> {
  const spec = readContainerSpec(container.paths);
  const { pid, startTime } = container.state.process;
  const inside: Inside = { helperPath: places.helperPath, target: { pid, startTime: Number(startTime) }, spec };
  const directory = `/proc/${pid}`;
  const mounts = readMounts(directory);
  const throttles = processorsWithThermalThrottle().map((cpu) => `/sys/devices/system/cpu/cpu${cpu}/thermal_throttle`);
  const journal = readStartJournal(container.paths.journal);
  return {
    ...{ root: places.root, spec, mounts, throttles },
    ...fromOutside(directory),
    ...(await filterOf(spec)),
    ...deviceRulesOf(container, spec, places.host),
    paths: seenPaths([...watchedPaths, ...throttles], mounts, await lookAt([...watchedPaths, ...throttles], inside)),
    nodes: await deviceNodes(inside),
    sharedNamespaces: sharedNamespaces(directory),
    ledOut: descriptorsLedOut(directory, mounts),
    // A start without a journal followed the same plan, in which no container is without this step.
    ownKeyring:
      journal === undefined ||
      journal.dropped > 0 ||
      journal.calls.some(({ step, errno }) => step === "priv.keyring" && errno === undefined),
    sysctls: await containerSysctls(inside),
    ...processLimit(container),
    ownNetwork: spec.linux.namespaces.some(({ type }) => type === "network"),
  };
}

interface Inside {
  readonly helperPath: string;
  readonly target: { readonly pid: number; readonly startTime: number };
  readonly spec: RuntimeSpec;
}

function fromOutside(directory: string) {
  const text = (name: string) => readFileIfExists(join(directory, name)) ?? "";
  const enabled = readFileIfExists("/sys/module/apparmor/parameters/enabled");
  const modules = {
    appArmor: enabled?.startsWith("Y") === true,
    selinux: readFileIfExists("/sys/fs/selinux/enforce") !== undefined,
  };
  const label = modules.appArmor ? text("attr/apparmor/current") || text("attr/current") : attribute(directory);
  return {
    status: keyed(text("status")),
    idMaps: { users: text("uid_map"), groups: text("gid_map") },
    oomScoreAdj: text("oom_score_adj").trim(),
    modules,
    label: label.replaceAll("\0", "").trim(),
    limits: new Map(resourceLimits(directory)),
  };
}

/** EINVAL where no security module keeps it (proc_pid_attr(5)). */
function attribute(directory: string): string {
  return unlessGone(() => readFileIfExists(join(directory, "attr/current"))) ?? "";
}

async function filterOf({ linux: { seccomp } }: RuntimeSpec): Promise<Pick<PostureSightings, "arch" | "program">> {
  const arch = nativeArch(processorArchitecture());
  if (seccomp === undefined) return { arch };
  return { arch, program: Buffer.from(await cachedProgram({ spec: seccomp, arch }), "hex") };
}

/** The filter goes with the group, and a start without it is refused where the kernel takes one. */
function deviceRulesOf(
  { record }: RunningContainer,
  { linux: { resources } }: RuntimeSpec,
  { features }: HostFacts,
): Pick<PostureSightings, "rules"> {
  const filtered =
    record.cgroup !== undefined && offers(features, "deviceFilter") && !allowsEveryDevice(resources.devices);
  return filtered ? { rules: resources.devices } : {};
}

/** A byte of each is enough: only what it is counts. */
function lookAt(paths: readonly string[], inside: Inside): Promise<ReadonlyMap<string, RootFile>> {
  return readRunningFiles({ ...inside, paths, maxBytes: 1 });
}

/** S_IFMT and its values (inode(7)). */
const kindMask = 0o170000;
const kinds: ReadonlyMap<number, SeenPath["kind"]> = new Map([
  [0o020000, "device"],
  [0o040000, "directory"],
]);

function seenPaths(
  paths: readonly string[],
  mounts: readonly SeenMount[],
  files: ReadonlyMap<string, RootFile>,
): ReadonlyMap<string, SeenPath> {
  return new Map(
    paths.map((path): readonly [string, SeenPath] => {
      const mode = files.get(path)?.mode;
      if (mode === undefined) return [path, { kind: "missing" }];
      const mount = mounts.findLast(({ point }) => point === path);
      return [path, { kind: kinds.get(mode & kindMask) ?? "file", ...(mount === undefined ? {} : { mount }) }];
    }),
  );
}

/** More nodes than `--device` can bring are not listed. */
const maxNodes = 1024;

async function deviceNodes({ helperPath, target, spec }: Inside): Promise<ReadonlyMap<string, string>> {
  const nodes = new Map<string, string>();
  const source = readTree({ helperPath, view: { kind: "running", target, spec }, path: "/dev", namesOnly: true });
  for await (const piece of piecesOf(source, "names")) {
    if (piece.kind !== "entry" || (piece.record.op !== "char" && piece.record.op !== "block")) continue;
    const { op, path, major, minor } = piece.record;
    if (nodes.size < maxNodes) nodes.set(nodeName(path), `${op === "char" ? "c" : "b"} ${major}:${minor}`);
  }
  return nodes;
}

/** Below the directory that was asked for, without its own name. */
function nodeName(path: string): string {
  return Buffer.from(path, "latin1")
    .toString("utf8")
    .replace(/^(?:\.?\/)?(?:dev\/)?/, "");
}

function sharedNamespaces(directory: string): ReadonlySet<string> {
  return new Set(
    namespaceLinks.filter((kind) => {
      const [own, host] = [linkAt(join(directory, "ns", kind)), linkAt(join("/proc/self/ns", kind))];
      return own === host;
    }),
  );
}

/** Empty for a namespace that the kernel does not have. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw fileSystemError(error, "look at", path);
  }
}

/** More are not shown: one is too many. */
const maxDescriptors = 64;

/**
 * Directories and files that are on no mount of the container's namespace (proc_pid_fdinfo(5), `mnt_id`): through them it
 * reaches the host. Pipes, sockets and the null device lead to nothing but themselves.
 */
function descriptorsLedOut(directory: string, mounts: readonly SeenMount[]): readonly string[] {
  const own = new Set(mounts.map(({ id }) => id));
  const leading = readdirSync(join(directory, "fd")).flatMap((fd) => {
    const path = join(directory, "fd", fd);
    const mount = /^mnt_id:\s*(\d+)$/m.exec(readFileIfExists(join(directory, "fdinfo", fd)) ?? "")?.[1];
    if (mount === undefined || own.has(mount) || !leadsOn(path)) return [];
    return [`${fd}: ${linkAt(path)}`];
  });
  return leading.slice(0, maxDescriptors);
}

/** A memory file has no name in any directory. */
function leadsOn(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false }); // of what is open, whatever its name leads to
  if (status === undefined || status.nlink === 0) return false;
  return status.isDirectory() || status.isFile() || status.isBlockDevice();
}

function processLimit({ record: { cgroup } }: RunningContainer): Pick<PostureSightings, "pidsMax"> {
  const text = cgroup === undefined ? undefined : groupFiles(cgroup)("pids.max");
  return text === undefined ? {} : { pidsMax: text.trim() };
}
