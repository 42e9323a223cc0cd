import { shellQuoted } from "../../base/index.ts";
import { capabilityNames } from "../../namespaces/index.ts";
import type { LaunchStep } from "../plan.ts";
import { rlimitNames } from "../rlimitNames.ts";
import { treePath } from "./hostCommands.ts";
import { listOf, mountOptionsOf, textOf, type Unroll, type Unrolling } from "./unrolling.ts";

/** The commands for the steps of the phases child and init, up to the execution of the payload. */
export const childCommands: ReadonlyMap<string, Unroll> = new Map<string, Unroll>([
  ["awaitHost", () => ["read -r _ <&5"]],
  ["becomeRoot", () => ["# nsenter(1) has done so already"]],
  ["unshare", () => ["# made by unshare(1) together with the others"]],
  ["propagation", () => ["# a moment later: the root is still to be seen here"]],
  ["hostName", hostName],
  ["loopbackUp", () => ["ip link set dev lo up"]],
  ["attachRoot", attachRoot],
  ["mount", mountNew],
  ["attach", attach],
  ["remount", remount],
  ["mask", mask],
  ["make", (step) => at(step, ['mkdir -p -- "$place"'])],
  [
    "symlink",
    (step) =>
      at(step, [`[ -L "$place" ] || [ -e "$place" ] || ln -s -- ${shellQuoted(textOf(step, "to"))} "$place"`], "link"),
  ],
  ["terminal", () => ["# not here: the payload has the terminal of whoever runs this script"]],
  [
    "pivot",
    () => ["# when this process is what the payload will be: another one then changes its root (pivot_root(8))"],
  ],
  ["setTree", (step) => [`mount -o ${["remount", "bind", ...mountOptionsOf(step.fields.set)].join(",")} "$root"`]],
  ["sysctl", writeSysctl],
  ["copyUp", copyUp],
  ["rlimit", limit],
  [
    "streams",
    (step) =>
      [step.fields.stdin === undefined && "exec 0< /dev/null", 'session="setsid"'].filter((line) => line !== false),
  ],
  ["keyring", () => ["# not here: keyctl(1) is no part of a small Debian; the session keyring stays the caller's"]],
  ["noNewPrivileges", () => ['privileges="$privileges --no-new-privs"']],
  ["bounding", (step) => [`privileges="$privileges --bounding-set=${capabilityWords(step, "capabilities")}"`]],
  [
    "seccomp",
    (step) => [
      `# not here: no tool loads a filter of system calls (${textOf(step, "program").length / 16} instructions)`,
    ],
  ],
  ["directory", () => ["# in the file init, below: the root is another one first"]],
  ["identity", identity],
  ["capabilities", capabilities],
]);

/** Lines with the path of a step below the root in `place`, which no link leads out of. */
function at(step: LaunchStep, lines: readonly string[], kind: "target" | "link" = "target"): readonly string[] {
  const path = shellQuoted(textOf(step, "target"));
  const find = kind === "link" ? "find_parent" : step.fields.nosymlinks === undefined ? "find" : "find_plain";
  return [`${find} ${path}`, ...lines];
}

function hostName(step: LaunchStep): readonly string[] {
  const { name, domain } = step.fields;
  const set = (tool: string, value: unknown) =>
    value === undefined ? [] : [`${tool} -- ${shellQuoted(String(value))}`];
  return [...set("hostname", name), ...set("domainname", domain)];
}

function attachRoot(): readonly string[] {
  return [
    "read -r _ <&5",
    "mount --make-rprivate /",
    "# pivot_root(8) wants a mount point, and in a user namespace one that is its own",
    'mount --rbind "$root" "$root"',
  ];
}

function mountNew(step: LaunchStep): readonly string[] {
  const type = textOf(step, "type");
  const options = [...mountOptionsOf(step.fields.attribute), ...listOf(step.fields.option)];
  const source = step.fields.source === undefined ? type : textOf(step, "source");
  const shown = options.length === 0 ? "" : `-o ${shellQuoted(options.join(","))} `;
  const make = step.fields.create === undefined ? [] : ['mkdir -p -- "$place"'];
  return at(step, [...make, `mount -t ${shellQuoted(type)} ${shown}-- ${shellQuoted(source)} "$place"`]);
}

function attach(step: LaunchStep, unrolling: Unrolling): readonly string[] {
  const name = textOf(step, "tree");
  const tree = unrolling.trees.get(name);
  const set = unrolling.settings.get(name);
  const from = treePath(name, unrolling);
  const make = step.fields.create === undefined ? [] : [`make_like ${from} "$place"`];
  const bind = tree?.fields.recursive === undefined ? "--bind" : "--rbind";
  const options = mountOptionsOf(set?.fields.set);
  const propagation = listOf(set?.fields.propagation).map((word) => word.replace("MS_", "").toLowerCase());
  return at(step, [
    ...make,
    `mount ${bind} -- ${from} "$place"`,
    ...(options.length === 0 ? [] : [`remount "$place" ${options.join(",")}`]),
    ...propagation.filter((word) => word !== "private").map((word) => `mount --make-r${word} -- "$place"`),
  ]);
}

function remount(step: LaunchStep): readonly string[] {
  const options = mountOptionsOf(step.fields.set).join(",");
  return at(step, [`if [ -e "$place" ]; then mount --rbind -- "$place" "$place"; remount "$place" ${options}; fi`]);
}

function mask(step: LaunchStep): readonly string[] {
  const options = [...mountOptionsOf(step.fields.attribute), ...listOf(step.fields.option)].join(",");
  const file = mountOptionsOf(step.fields.set).join(",");
  return at(step, [
    `if [ -d "$place" ]; then mount -t tmpfs -o ${options} tmpfs "$place"`,
    `elif [ -e "$place" ]; then mount --bind "$root/dev/null" "$place"${file === "" ? "" : `; remount "$place" ${file}`}; fi`,
  ]);
}

function writeSysctl(step: LaunchStep): readonly string[] {
  if (step.phase === "init") return ["# not here: it would confine the rest of this script, too"];
  const write = `printf %s ${shellQuoted(textOf(step, "value"))} > "$root/proc/"${shellQuoted(textOf(step, "file"))}`;
  return [
    step.fields.optional === undefined
      ? write
      : `[ ! -e "$root/proc/"${shellQuoted(textOf(step, "file"))} ] || ${write}`,
  ];
}

function copyUp(step: LaunchStep, unrolling: Unrolling): readonly string[] {
  const tree = treePath(textOf(step, "tree"), unrolling);
  return at(step, [`[ ! -d "$place" ] || cp -a -- "$place/." ${tree}/`]);
}

const unlimited = "18446744073709551615";

function limit(step: LaunchStep): readonly string[] {
  const name = rlimitNames[Number(step.fields.resource)] ?? "";
  const [soft, hard] = [textOf(step, "soft"), textOf(step, "hard")].map((one) =>
    one === unlimited ? "unlimited" : one,
  );
  return [`prlimit --pid $$ --${name}=${soft}:${hard}`];
}

function capabilityWords(step: LaunchStep, field: string): string {
  const names = capabilityNames(BigInt(textOf(step, field) || "0"));
  return ["-all", ...names.map((name) => `+${name.replace(/^CAP_/, "").toLowerCase()}`)].join(",");
}

function identity(step: LaunchStep): readonly string[] {
  const groups = listOf(step.fields.group);
  const shown = groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`;
  const umask = step.fields.umask === undefined ? "022" : `0${Number(step.fields.umask).toString(8)}`;
  return [`privileges="$privileges --reuid=${step.fields.uid} --regid=${step.fields.gid} ${shown}"`, `umask ${umask}`];
}

function capabilities(step: LaunchStep): readonly string[] {
  const sets = [
    `--inh-caps=${capabilityWords(step, "inheritable")}`,
    `--ambient-caps=${capabilityWords(step, "ambient")}`,
  ];
  return [
    "# the sets of root follow from its bounding set at execve(2), those of any other user from the ambient set",
    `privileges="$privileges ${sets.join(" ")}"`,
  ];
}
