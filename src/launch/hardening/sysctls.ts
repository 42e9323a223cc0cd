import { EngineError } from "../../base/index.ts";
import { largestGroupId } from "../../namespaces/index.ts";
import type { NamespaceKind, SpecIdMapping } from "../../oci/index.ts";

/** Settings that exist once in each IPC namespace (ipc_namespaces(7), mq_overview(7)). */
const ipcSettings: ReadonlySet<string> = new Set([
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
]);

const maxNameLength = 256;
const maxValueLength = 1024;

export interface SysctlRequest {
  /** `--sysctl`, name to value. */
  readonly requested: ReadonlyMap<string, string>;
  /** The kinds of namespaces that the container makes for itself. */
  readonly made: readonly NamespaceKind[];
  /** The group map of its user namespace; absent for the host's. */
  readonly gidMappings?: readonly SpecIdMapping[];
}

/**
 * Refuses settings that a container may not have. Pure.
 *
 * @throws EngineError `invalidValue` for a setting that would reach beyond the namespaces that the container makes,
 * or whose name or value has other characters than such settings have.
 */
export function checkSysctls(requested: SysctlRequest["requested"], made: SysctlRequest["made"]): void {
  for (const [name, value] of requested) checkSysctl({ name, value, made });
}

/**
 * The kernel settings of a container: brig's defaults for a network of its own, then what was asked for, as it was checked
 * (`checkSysctls`). Pure.
 *
 * The defaults let every group use ICMP echo sockets, so `ping` needs no capability, and every user bind low ports,
 * which are the container's own (icmp(7), ip(7)).
 */
export function planSysctls({ requested, made, gidMappings }: SysctlRequest): Readonly<Record<string, string>> {
  const defaults: readonly (readonly [string, string])[] = made.includes("network")
    ? [
        ["net.ipv4.ping_group_range", `0 ${largestGroupId(gidMappings)}`],
        ["net.ipv4.ip_unprivileged_port_start", "0"],
      ]
    : [];
  return Object.fromEntries([...defaults, ...requested]);
}

interface Sysctl {
  readonly name: string;
  readonly value: string;
  readonly made: readonly NamespaceKind[];
}

function checkSysctl({ name, value, made }: Sysctl): void {
  const owner = isSysctlName(name) ? owningNamespace(name) : undefined;
  if (owner === undefined) {
    throw new EngineError("invalidValue", `sysctl '${shown(name)}' is not allowed`, {
      hint: "allowed are net.*, fs.mqueue.*, kernel.msg*, kernel.sem, kernel.shm* and kernel.domainname",
    });
  }
  if (!made.includes(owner)) {
    throw new EngineError(
      "invalidValue",
      `sysctl '${shown(name)}' is not allowed: the container has no ${owner} namespace of its own`,
      {
        hint: `leave out the option that shares the ${owner} namespace, or set it there`,
      },
    );
  }
  if (!isSysctlValue(value)) {
    throw new EngineError(
      "invalidValue",
      `sysctl '${shown(name)}' has the invalid value ${JSON.stringify(value.slice(0, 64))}`,
      {
        hint: "values have letters, digits, spaces and . , : _ -",
      },
    );
  }
}

/** The namespace that a setting belongs to; undefined for one of the whole machine. */
function owningNamespace(name: string): NamespaceKind | undefined {
  if (ipcSettings.has(name) || name.startsWith("fs.mqueue.")) return "ipc";
  if (name.startsWith("net.")) return "network";
  return name === "kernel.domainname" ? "uts" : undefined;
}

/** Words joined by dots. No slash: the helper turns the dots to slashes, and a name must not mean two files. */
function isSysctlName(name: string): boolean {
  return name.length <= maxNameLength && name.split(".").every((word) => /^[a-zA-Z0-9_-]+$/.test(word));
}

/** Not among these: "+" and "=", by which one value has smuggled in a second setting (CVE-2022-0811), and line ends. */
function isSysctlValue(value: string): boolean {
  return value.length <= maxValueLength && /^[a-zA-Z0-9 \t.,:_-]+$/.test(value) && /[^ \t]/.test(value);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 64)).slice(1, -1);
}
