import type { NamespaceKind } from "../oci/index.ts";
import { flagBits } from "./flagBits.ts";
import type { LaunchRequest, NamespaceTarget } from "./launchRequest.ts";
import type { FieldValue } from "./plan.ts";

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

/** Where each new namespace is made: with the child, by the child once it is in its group, or with its heir. */
export interface NewNamespaces {
  readonly clone: readonly NamespaceKind[];
  readonly unshare: readonly NamespaceKind[];
  readonly heir: readonly NamespaceKind[];
}

/**
 * Sorts the namespaces to make. The cgroup namespace must wait until the child is in its group (cgroup_namespaces(7)).
 * Where a user namespace is joined all must wait for that, because the owner of a new namespace is the user namespace of
 * its maker (user_namespaces(7)), and a pid namespace is entered by birth alone: they are made with a second process.
 */
export function newNamespaces({ spec, joins }: LaunchRequest): NewNamespaces {
  const kinds = spec.linux.namespaces.filter(({ path }) => path === undefined).map(({ type }) => type);
  if (joinsUser({ joins })) return { clone: [], unshare: [], heir: kinds };
  return {
    clone: kinds.filter((kind) => kind !== "cgroup"),
    unshare: kinds.filter((kind) => kind === "cgroup"),
    heir: [],
  };
}

/** Whether the container lives in another one's user namespace. */
export function joinsUser({ joins }: Pick<LaunchRequest, "joins">): boolean {
  return joins.some(({ type }) => type === "user");
}

/** The names of the clone(2) flags for some namespaces. */
export function namespaceFlags(kinds: readonly NamespaceKind[]): readonly string[] {
  return kinds.map((kind) => cloneFlags[kind]);
}

/** The namespaces that clone(2) makes for some bits of its flags. */
export function namespacesOf(bits: bigint): readonly string[] {
  return Object.entries(cloneFlags).flatMap(([kind, name]) => ((bits & BigInt(flagBits([name]))) === 0n ? [] : [kind]));
}

/** A process whose namespaces are joined, with its name in the plan and what it is known by. */
export interface JoinTarget {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly kinds: readonly NamespaceKind[];
}

/** The joins by process. */
export function joinTargets(joins: readonly NamespaceTarget[]): readonly JoinTarget[] {
  return [...new Map(joins.map((join) => [join.pid, join])).values()].map((first, index) => ({
    name: `target${index}`,
    fields: targetFields(first),
    kinds: joins.filter(({ pid }) => pid === first.pid).map(({ type }) => type),
  }));
}

/** What the helper knows a process by: the container that it belongs to, whose it may be no more, or its number. */
export function targetFields({ pid, startTime, running }: NamespaceTarget): JoinTarget["fields"] {
  return running === undefined ? { pid, started: startTime } : { running };
}
