import { shellQuoted } from "../../base/index.ts";
import type { LaunchStep } from "../plan.ts";
import { listOf, mountOptionsOf, textOf, type Unroll, type Unrolling } from "./unrolling.ts";

const namespaceWords: ReadonlyMap<string, string> = new Map([
  ["CLONE_NEWNS", "--mount"],
  ["CLONE_NEWPID", "--pid"],
  ["CLONE_NEWNET", "--net"],
  ["CLONE_NEWUTS", "--uts"],
  ["CLONE_NEWIPC", "--ipc"],
  ["CLONE_NEWCGROUP", "--cgroup"],
  ["CLONE_NEWTIME", "--time"],
]);

/** The commands for the steps of the host phase, and of those beside it. */
export const hostCommands: ReadonlyMap<string, Unroll> = new Map<string, Unroll>([
  ["cgroupMake", makeGroup],
  ["cgroupOpen", (step) => [`cgroup=${shellQuoted(textOf(step, "path"))}`]],
  [
    "cgroupDevices",
    () => ["# not here: no tool of Debian's attaches a device filter (eBPF); device nodes are all that binds"],
  ],
  ["openTree", openTree],
  ["mount", mountFileSystem],
  ["privateMounts", privateMounts],
  ["stage", makeStage],
  ["clone", makeNamespaces],
  ["mapIds", mapIds],
  ["release", () => ["echo go >&5"]],
  ["handRoot", () => ["echo root >&5"]],
  ["setTree", setTree],
  ["layer", stageLayer],
  ["overlay", makeOverlay],
  [
    "useRoot",
    (step, unrolling) => fillRoot(`mount --rbind -- ${treePath(textOf(step, "tree"), unrolling)}`, unrolling),
  ],
  ["network", () => ["network=/proc/$child/ns/net"]],
  ["tool", runTool],
  ["setting", changeSetting],
  ["beside", () => ["# one after the other here: a shell has no way to wait for one of two that fails"]],
  ["gather", () => []],
  ["undumpable", () => ["# not here: a shell cannot say that nobody may trace it (PR_SET_DUMPABLE)"]],
]);

/** The last one is the container's own, and must be new: what ends it at the end must not end others. */
function makeGroup(step: LaunchStep, { steps }: Unrolling): readonly string[] {
  const path = shellQuoted(textOf(step, "path"));
  const keep = `made="${path.replaceAll(/["\\$`]/g, "\\$&")} $made"`;
  if (step !== steps.findLast(({ op }) => op === "cgroupMake")) {
    return [`if mkdir -- ${path} 2>/dev/null; then ${keep}; fi`, `cgroup=${path}`];
  }
  return [`mkdir -- ${path}`, `${keep} cgroup=${path} own=${path}`];
}

function openTree(step: LaunchStep, unrolling: Unrolling): readonly string[] {
  const [name, path] = [textOf(step, "as"), sourcePath(step, unrolling)];
  const [kind, major, minor] = textOf(step, "device").split(":");
  if (kind !== undefined && major !== undefined && minor !== undefined) {
    const numbers = [major, minor].map((number) => Number(number).toString(16)).join(":");
    const device = `${kind === "c" ? "character" : "block"} special file ${numbers}`;
    return [`[ "$(stat -L -c '%F %t:%T' -- ${path})" = ${shellQuoted(device)} ] || fail ${path}" is another device"`];
  }
  if (!isAttached(name, unrolling)) return [`[ -d ${path} ] || fail "there is no directory "${path}`];
  const [place, bind] = [`"$work/tree-${name}"`, step.fields.recursive === undefined ? "--bind" : "--rbind"];
  return [`if [ -d ${path} ]; then mkdir ${place}; else : > ${place}; fi`, `mount ${bind} -- ${path} ${place}`];
}

/** Whether a tree goes into the container as it is: whoever makes it there may not be let through to where it comes from. */
function isAttached(name: string, { steps }: Unrolling): boolean {
  return steps.some(({ op, fields }) => op === "attach" && fields.tree === name && fields.tree !== "root");
}

/** The path of a tree outside; what does not exist outside of brig is below the script's own directory. */
function sourcePath(step: LaunchStep, { files, ownDirectories }: Unrolling): string {
  const path = textOf(step, "path");
  const part = step.fields.part === undefined ? "" : `/${textOf(step, "part")}`;
  const file = files.findIndex((one) => one.path === path);
  if (file !== -1) return `"$work/file${file}"`;
  const own = ownDirectories.indexOf(path);
  return own === -1 ? shellQuoted(`${path}${part}`) : `"$work/own${own}"${part === "" ? "" : shellQuoted(part)}`;
}

function mountFileSystem(step: LaunchStep): readonly string[] {
  const place = `"$work/tree-${textOf(step, "as")}"`;
  const options = [...mountOptionsOf(step.fields.attribute), ...listOf(step.fields.option)].join(",");
  const shown = options === "" ? "" : `-o ${shellQuoted(options)} `;
  const mount = `mount -t ${shellQuoted(textOf(step, "type"))} ${shown}-- ${shellQuoted(textOf(step, "source"))} ${place}`;
  return [`mkdir ${place}`, mount];
}

/** Where a tree of the plan is for a shell, in the mount namespace of the script and those made from it. */
export function treePath(name: string, unrolling: Unrolling): string {
  const step = unrolling.trees.get(name);
  const kept = step === undefined || (step.fields.device === undefined && isAttached(name, unrolling));
  return kept ? `"$work/tree-${name}"` : sourcePath(step, unrolling);
}

function privateMounts(): readonly string[] {
  return [
    "mount --make-rprivate /",
    "# shared below this directory only, so that what is mounted from here on is seen by the container's first process too",
    'mount --rbind "$work" "$work"',
    'mount --make-shared "$work"',
  ];
}

function makeStage(): readonly string[] {
  return ['mkdir "$work/stage"', 'mount -t tmpfs -o mode=0755 tmpfs "$work/stage"'];
}

function makeNamespaces(_step: LaunchStep, unrolling: Unrolling): readonly string[] {
  if (unrolling.firstId === undefined) return startChild(unrolling);
  return [
    "# clone3(2) makes all of them at once; unshare(1) needs the ids first, so a process holds the user namespace alone",
    "unshare --user -- sh -c 'echo user >&4; exec sleep infinity' <&- &",
    "holder=$!",
    "expect user",
    "user=/proc/$holder/ns/user",
  ];
}

function mapIds(step: LaunchStep, unrolling: Unrolling): readonly string[] {
  if (step.fields.as !== undefined) return ["# not here: no id map is applied to a mount by Debian 12's mount(8)"];
  const write = (file: string, key: string) => `printf %s ${shellQuoted(textOf(step, key))} > "/proc/$holder/${file}"`;
  return [write("uid_map", "uids"), write("gid_map", "gids"), ...startChild(unrolling)];
}

function startChild({ steps, firstId }: Unrolling): readonly string[] {
  const flags = steps.flatMap(({ op, fields }) => (op === "clone" || op === "unshare" ? listOf(fields.flag) : []));
  const words = [...new Set(flags)].flatMap((flag) => namespaceWords.get(flag) ?? []);
  const enter = firstId === undefined ? "" : 'nsenter --user="$user" -- ';
  return [
    `{ [ -z "$cgroup" ] || echo 0 > "$cgroup/cgroup.procs"`, // in a subshell, because of the &
    `  ${enter}unshare --fork --kill-child ${words.join(" ")} --propagation slave -- sh "$work/child" "$work"`,
    "  status=$?; echo ended >&4; exit $status; } <&3 3<&- &",
    "payload=$!",
    "# the first process says who it is for the host; its own number is another one",
    "read -r child <&4",
    '[ -d "/proc/$child" ] || fail "the namespaces could not be made"',
  ];
}

function setTree(step: LaunchStep): readonly string[] {
  if (listOf(step.fields.set).includes("MOUNT_ATTR_IDMAP"))
    return ["# not here: mount(8) maps the ids of a mount from util-linux 2.39 on; its owners are the host's"];
  return ["# with the mount itself, in the container's mount namespace"];
}

function stageLayer(step: LaunchStep, unrolling: Unrolling): readonly string[] {
  const from = step.fields.from === undefined ? undefined : treePath(textOf(step, "from"), unrolling);
  const place = `"$work/stage/${step.fields.name ?? step.fields.slot}"`;
  const writable = step.fields.name === undefined || from === undefined ? [] : [`mkdir -p ${from}/upper ${from}/work`];
  return [`mkdir ${place}`, ...writable, ...(from === undefined ? [] : [`mount --bind ${from} ${place}`])];
}

/** Overlays are made outside; where the ids are others, the tree goes through the user namespace, which changes its owners. */
function makeOverlay(step: LaunchStep, unrolling: Unrolling): readonly string[] {
  const lower = Array.from({ length: Number(step.fields.layers) }, (_, slot) => String(slot)).join(":");
  const options = [`lowerdir=${lower}`, ...mountOptionsOf(step.fields.attribute), ...listOf(step.fields.option)];
  return fillRoot(`cd "$work/stage" && mount -t overlay -o ${shellQuoted(options.join(","))} overlay`, unrolling);
}

function fillRoot(mount: string, { firstId }: Unrolling): readonly string[] {
  if (firstId === undefined) return [`${mount} "$work/root"`, "cd /"];
  const [tar, all] = ["tar --numeric-owner --xattrs --xattrs-include='*'", "-f -"];
  return [
    "# brig maps the ids of the layers' mounts; without that a copy is made inside the user namespace, where owners are others",
    'mkdir "$work/merged"',
    `${mount} "$work/merged"`,
    "cd /",
    `chown ${firstId}:${firstId} "$work/root"`,
    `${tar} -C "$work/merged" -c ${all} . | nsenter --user="$user" -- ${tar} -C "$work/root" -p -x ${all}`,
    'umount "$work/merged"',
  ];
}

/** What a step leaves to files of a running container is not said again. */
export function isForRunning(step: LaunchStep, { runDirectory }: Unrolling): boolean {
  return step.fields.when !== undefined && textOf(step, "when").startsWith(runDirectory);
}

/** A program of the plan with its input; in the container's network namespace where the step says so. */
export function runTool(step: LaunchStep, unrolling: Unrolling): readonly string[] {
  if (isForRunning(step, unrolling)) return ["# only for a container whose networks have changed since"];
  const { argv, input, inside, unless, when } = step.fields;
  const words = listOf(argv);
  const [program = "", ...args] = words[0] === "stdbuf" ? words.slice(2).filter((word) => word !== "-e") : words;
  const enter = inside === undefined ? "" : 'nsenter --net="$network" -- ';
  const run = `${enter}${[program, ...args].map(shellQuoted).join(" ")}`;
  const network = unrolling.steps.some(({ op }) => op === "network") && step.phase !== "end" ? ' 3< "$network"' : "";
  const command =
    input === undefined ? `${run}${network}` : `printf %s ${shellQuoted(String(input))} | ${run}${network}`;
  if (when !== undefined) return [`[ ! -e ${shellQuoted(String(when))} ] || ${command}`];
  const made = [...String(input).matchAll(/^link add name (\S+) /gm)].map(([, link]) => `links="$links ${link}"`);
  if (unless === undefined || String(unless).startsWith(unrolling.runDirectory)) return [...made, command];
  return [`if [ ! -e ${shellQuoted(String(unless))} ]; then`, ...[...made, command].map((line) => `  ${line}`), "fi"];
}

function changeSetting(step: LaunchStep): readonly string[] {
  const [file, value] = [shellQuoted(textOf(step, "file")), shellQuoted(textOf(step, "value"))];
  const restores = textOf(step, "file").startsWith("/proc/sys/");
  return [...(restores ? [`remember ${file}`] : []), `printf %s ${value} > ${file}`];
}
