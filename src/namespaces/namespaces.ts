import { EngineError } from "../base/index.ts";
import type { NamespaceKind, SpecNamespace } from "../oci/index.ts";
import { type NamespaceMode, parseNamespaceMode } from "./modes.ts";
import { parseUserns, type UsernsMode } from "./userns.ts";

/** The namespace flags of `run` as they were given; absent and empty mean the same. */
export interface NamespaceRequest {
  readonly pid?: string;
  readonly ipc?: string;
  readonly uts?: string;
  readonly network?: string;
  readonly cgroupns?: string;
  readonly userns?: string;
  readonly privileged?: boolean;
  /** Reasons from elsewhere for the host's user namespace, such as a volume whose file system has no idmapped mounts. */
  readonly hostUsernsReasons?: readonly UsernsReason[];
  /** Containers, as the flags name them, that live in the user namespace which `userns` names. */
  readonly neighbours?: ReadonlySet<string>;
}

/** A namespace of another container, to be joined. */
export interface NamespaceJoin {
  readonly type: NamespaceKind;
  /** Name or id. */
  readonly container: string;
}

export interface NamespacePlan {
  /** The namespaces to make; whatever is neither here nor joined is the host's. */
  readonly namespaces: readonly SpecNamespace[];
  readonly joins: readonly NamespaceJoin[];
  /** `own`: not the host's. It is joined when `joins` has it. */
  readonly userns: "own" | "host";
  /** What was asked for. */
  readonly usernsMode: UsernsMode;
  /** One sentence for each way in which this differs from what a container usually gets. */
  readonly notices: readonly string[];
}

const modedKinds = ["pid", "network", "uts", "ipc", "cgroup"] as const;
type ModedKind = (typeof modedKinds)[number];
type Modes = Readonly<Record<ModedKind, NamespaceMode>>;

/**
 * Decides which namespaces a container gets. Pure. Options whose purpose needs the host's ids bring the host's user
 * namespace, with a notice each.
 *
 * @throws EngineError `invalidValue` for a mode that is not known; `usage` when ids of its own were asked for together
 * with an option that rules them out.
 */
export function planNamespaces(request: NamespaceRequest): NamespacePlan {
  const modes: Modes = {
    network: parseNamespaceMode("network", request.network ?? ""),
    pid: parseNamespaceMode("pid", request.pid ?? ""),
    ipc: parseNamespaceMode("ipc", request.ipc ?? ""),
    uts: parseNamespaceMode("uts", request.uts ?? ""),
    cgroup: parseNamespaceMode("cgroupns", request.cgroupns ?? ""),
  };
  const usernsMode = parseUserns(request.userns ?? "");
  const { userns, notices } = decideUserns(usernsMode, hostUsernsReasons(request, modes));
  const own = modedKinds.filter((type) => modes[type].kind === "own");
  const user = userns === "own" && usernsMode.kind !== "container" ? (["user"] as const) : [];
  const made: readonly NamespaceKind[] = [...user, "mount", ...own];
  const joined = [["user", usernsMode] as const, ...modedKinds.map((type) => [type, modes[type]] as const)];
  const joins = joined.flatMap(([type, mode]) =>
    mode.kind === "container" ? [{ type, container: mode.container }] : [],
  );
  return { namespaces: made.map((type) => ({ type })), joins, userns, usernsMode, notices };
}

export interface UsernsReason {
  readonly option: string;
  readonly why: string;
}

/** Options that need the host's user namespace: because the kernel says so, or because their purpose does. */
function hostUsernsReasons(request: NamespaceRequest, modes: Modes): readonly UsernsReason[] {
  const candidates: readonly (UsernsReason | undefined)[] = [
    request.privileged ? { option: "--privileged", why: "it gives power over the host itself" } : undefined,
    ...(["network", "pid", "ipc"] as const).map((type) =>
      isNeighbour(modes[type], request) ? undefined : usernsReason(type, modes[type]),
    ),
    request.ipc === "shareable"
      ? { option: "--ipc=shareable", why: "those who join it could not make memory with other ids" }
      : undefined,
    ...(request.hostUsernsReasons ?? []),
  ];
  return candidates.filter((candidate) => candidate !== undefined);
}

/** The kernel's fs/sysfs/mount.c and fs/proc/root.c ask for power over the owner of the net or pid namespace. */
const powers = {
  network: "only the owner of a network namespace may mount its /sys",
  pid: "only the owner of a pid namespace may mount its /proc",
  ipc: "memory shared with the host is protected by the host's ids",
};

function isNeighbour(mode: NamespaceMode, { neighbours }: NamespaceRequest): boolean {
  return mode.kind === "container" && neighbours?.has(mode.container) === true;
}

function usernsReason(flag: keyof typeof powers, mode: NamespaceMode): UsernsReason | undefined {
  if (mode.kind === "own") return undefined;
  if (mode.kind === "host") return { option: `--${flag}=host`, why: powers[flag] };
  return { option: `--${flag}=container:${mode.container}`, why: "the other container has other ids" };
}

function decideUserns(mode: UsernsMode, reasons: readonly UsernsReason[]): Pick<NamespacePlan, "userns" | "notices"> {
  const [first] = reasons;
  if (mode.kind === "host") return { userns: "host", notices: [] };
  if (first === undefined) return { userns: "own", notices: noticesOf(mode) };
  if (mode.kind !== "default") {
    const asked = `--userns=${mode.kind === "container" ? `container:${mode.container}` : mode.kind}`;
    throw new EngineError("usage", `conflicting options: ${asked} and ${first.option}: ${first.why}`, {
      hint: "leave out one of the two",
    });
  }
  const notices = reasons.map(({ option, why }) => `${option} brings the host's user namespace: ${why}`);
  return { userns: "host", notices };
}

/** An id of the host's own in a container is a power that it would not have otherwise. */
function noticesOf(mode: UsernsMode): readonly string[] {
  if (!("users" in mode)) return [];
  const reachesRoot = [...mode.users, ...mode.groups].some(({ hostID }) => hostID === 0);
  return reachesRoot ? [`--userns=${mode.kind} maps the host's id 0: outside, that id of the container is root's`] : [];
}
