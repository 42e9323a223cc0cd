import { namespacesOf } from "../cloneFlags.ts";
import { type CallView, pathOf } from "./callView.ts";
import { ioctlRequests } from "./ioctlRequests.ts";
import { cloneFlags, number, text, word } from "./tracedArgs.ts";
import type { TracedCall } from "./tracedCall.ts";

/** Calls that make or bound a container, whatever their arguments. */
const always: ReadonlySet<string> = new Set([
  ...["mount", "umount2", "fsopen", "fsconfig", "fsmount", "fspick", "open_tree", "move_mount", "mount_setattr"],
  ...["unshare", "setns", "pivot_root", "chroot", "chdir", "fchdir", "mknod", "mknodat", "execve", "execveat"],
  ...["setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid"],
  ...["capset", "seccomp", "bpf", "keyctl", "sethostname", "setdomainname", "setsid", "close_range", "clone3"],
]);

/** prctl(2) requests that read, and the name of a process for ps(1). */
const harmlessControls: ReadonlySet<bigint> = new Set([15n, 16n, 21n, 23n, 27n, 3n, 7n, 39n]);

const { interfaceUp, takeTerminal } = ioctlRequests;

/** Whether a call changes what a container is or may do, so that a journal without it would be a lie. */
export function isRelevant(view: CallView): boolean {
  const call = view.calls[view.at];
  if (call === undefined || call.result === undefined) return false;
  if (always.has(call.name)) return true;
  if (call.name === "prctl") return !harmlessControls.has(number(call, 0)) && !isAmbientQuestion(call);
  if (call.name === "clone") return makesNamespaces(call);
  if (call.name === "prlimit64") return word(call, 2) !== "NULL" && call.args[2]?.kind === "struct";
  if (call.name === "ioctl") return number(call, 1) === interfaceUp || number(call, 1) === takeTerminal;
  return call.name === "write" && isKernelFile(pathOf(word(call, 0), view));
}

function isAmbientQuestion(call: TracedCall): boolean {
  return number(call, 0) === 47n && number(call, 1) === 1n;
}

/** glibc begins processes by clone(2), in whose flags the lowest byte is a signal. */
function makesNamespaces(call: TracedCall): boolean {
  return namespacesOf(cloneFlags(call) & ~0xffn).length > 0;
}

/** A file of cgroupfs or procfs: by its path from the host, or as a name below a directory that was opened there. */
function isKernelFile(path: string): boolean {
  return (
    /^\/(?:sys|proc)\//.test(path) ||
    /^(?:cgroup|memory|cpu|io|pids|cpuset|hugetlb)\.|^[ug]id_map$|^setgroups$|^sys\//.test(path)
  );
}

/** inode(7). */
const [fileType, fifo] = [0o170000n, 0o010000n];

/** What the helper does without a record, and why that is no lie; the first one that fits. */
export function unrecordedReason(call: TracedCall, isLane: boolean): string | undefined {
  if (call.name === "prctl" && number(call, 0) === 36n)
    return "the monitor becomes the parent of what the payload orphans";
  if (call.name === "prctl" && number(call, 0) === 1n && !isLane)
    return "a process that only holds a user namespace ends with the helper";
  if (call.name === "close_range" && number(call, 0) === 3n) return "the container's init keeps nothing open";
  if (call.name === "execveat" && text(call, 1) === "") return "the helper executes its own copy";
  if (call.name === "mknodat" && (number(call, 2) & fileType) === fifo)
    return "the monitor keeps the payload's streams";
  return undefined;
}
