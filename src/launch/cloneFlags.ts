import type { NamespaceKind } from "../oci/index.ts";
import { flagBits } from "./flagBits.ts";
import type { LaunchRequest, NamespaceTarget } from "./launchRequest.ts";

const cloneFlags: Readonly<Record<NamespaceKind, string>> = {
  user: "CLONE_NEWUSER",
  mount: "CLONE_NEWNS",
  pid: "CLONE_NEWPID",
  network: "CLONE_NEWNET",
  uts: "CLONE_NEWUTS",
  ipc: "CLONE_NEWIPC",
  cgroup: "CLONE_NEWCGROUP",
  time: "CLONE_NEWTIME",
};

/** Where each new namespace is made: with the child, by the child once it is in its group, or by it in a joined user namespace. */
export interface NewNamespaces {
  readonly clone: readonly NamespaceKind[];
  readonly unshare: readonly NamespaceKind[];
}

/**
 * Sorts the namespaces to make. The cgroup namespace must wait until the child is in its group (cgroup_namespaces(7));
 * in a joined user namespace everything must wait until it is joined, because the owner of a new namespace is the
 * user namespace of its maker (user_namespaces(7)).
 */
export function newNamespaces({ spec, joins }: LaunchRequest): NewNamespaces {
  const kinds = spec.linux.namespaces.filter(({ path }) => path === undefined).map(({ type }) => type);
  const late = joins.some(({ type }) => type === "user") ? () => true : (kind: NamespaceKind) => kind === "cgroup";
  return { clone: kinds.filter((kind) => !late(kind)), unshare: kinds.filter(late) };
}

/** The names of the clone(2) flags for some namespaces. */
export function namespaceFlags(kinds: readonly NamespaceKind[]): readonly string[] {
  return kinds.map((kind) => cloneFlags[kind]);
}

/** The namespaces that clone(2) makes for some bits of its flags. */
export function namespacesOf(bits: bigint): readonly string[] {
  return Object.entries(cloneFlags).flatMap(([kind, name]) => ((bits & BigInt(flagBits([name]))) === 0n ? [] : [kind]));
}

/** A process whose namespaces are joined, with its name in the plan. */
export interface JoinTarget {
  readonly name: string;
  readonly pid: number;
  readonly startTime: number;
  readonly kinds: readonly NamespaceKind[];
}

/** The joins by process. */
export function joinTargets(joins: readonly NamespaceTarget[]): readonly JoinTarget[] {
  return [...new Set(joins.map(({ pid }) => pid))].flatMap((pid, index) => {
    const ofPid = joins.filter((join) => join.pid === pid);
    const startTime = ofPid[0]?.startTime ?? 0;
    return [{ name: `target${index}`, pid, startTime, kinds: ofPid.map(({ type }) => type) }];
  });
}
