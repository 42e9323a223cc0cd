import type { StepReport } from "../stepReport.ts";
import { type CallView, isFork } from "./callView.ts";
import * as words from "./callWords.ts";
import { flag, hex, member, number, octal, text, word } from "./tracedArgs.ts";
import type { TracedCall } from "./tracedCall.ts";

/** How many calls, from the place on, are what a record tells of: none when it tells of another one. */
type Matches = (record: StepReport, view: CallView) => number;

/** The names that the kernel knows a call by, and what tells that a record is about it. */
type RecordedCall =
  | { readonly names: readonly string[]; readonly say: Say }
  | { readonly names: readonly string[]; readonly kinds: Readonly<Record<string, string>> }
  | { readonly match: Matches };

/** In one way, or in those of the steps that make the call. */
type Say = (call: TracedCall, view: CallView) => words.Said | readonly words.Said[] | undefined;

/** What the kernel writes nothing about: decisions of the helper between two calls. */
export const withoutCall: ReadonlySet<string> = new Set(["target", "verify", "plan", "getcwd", "copyTree"]);

/**
 * What each call of the journal is for the kernel, in the journal's own words (native/*.c): the record and the words
 * must be the same letter for letter, and so must the result and errno.
 */
const recordedCalls: ReadonlyMap<string, RecordedCall> = new Map<string, RecordedCall>([
  ["open", { names: ["openat"], say: (call) => `"${text(call, 1)}", ${hex(number(call, 2) & ~closeOnExec)}` }],
  ["openat", { names: ["openat"], say: words.openedWords }],
  [
    "openat2",
    {
      names: ["openat2"],
      say: (call) => {
        const [flags, resolve] = [flag(member(call, 2, "flags")), flag(member(call, 2, "resolve"))];
        const path = text(call, 1);
        return `${word(call, 0)}, "${path === "." ? "" : path}", ${hex(flags & ~closeOnExec)}, resolve=${hex(resolve)}`;
      },
    },
  ],
  [
    "open_tree",
    {
      names: ["open_tree"],
      say: (call) => `${word(call, 0)}, "${text(call, 1)}", ${hex(number(call, 2) & ~closeOnExec)}`,
    },
  ],
  ["mkdirat", { names: ["mkdirat"], say: (call) => `${word(call, 0)}, "${text(call, 1)}", ${octal(number(call, 2))}` }],
  ["symlinkat", { names: ["symlinkat"], say: (call) => `"${text(call, 0)}", ${word(call, 1)}, "${text(call, 2)}"` }],
  ["unlinkat", { names: ["unlinkat"], say: (call) => `"${text(call, 1)}", AT_REMOVEDIR` }],
  ["fstat", { names: ["newfstatat", "fstat"], say: (call) => word(call, 0) }],
  ["fstatfs", { names: ["fstatfs"], say: (call) => word(call, 0) }],
  ["fchdir", { names: ["fchdir"], say: (call) => word(call, 0) }],
  ["fchown", { names: ["fchown"], say: (call) => `${word(call, 0)}, ${word(call, 1)}` }],
  [
    "flock",
    {
      names: ["flock"],
      say: (call) => `${word(call, 0)}, ${number(call, 1) === 6n ? "LOCK_EX | LOCK_NB" : word(call, 1)}`,
    },
  ],
  ["write", { names: ["write"], say: words.writtenWords }],
  ["fsopen", { names: ["fsopen"], say: (call) => `"${text(call, 0)}"` }],
  ["fsconfig", { names: ["fsconfig"], say: words.configuredWords }],
  ["fsmount", { names: ["fsmount"], say: (call) => `${word(call, 0)}, attr=${hex(number(call, 2))}` }],
  ["move_mount", { names: ["move_mount"], say: words.movedWords }],
  ["mount_setattr", { names: ["mount_setattr"], say: words.attributeWords }],
  [
    "umount2",
    {
      names: ["umount2"],
      say: (call) => `"${text(call, 0)}", ${number(call, 1) === 2n ? "MNT_DETACH" : word(call, 1)}`,
    },
  ],
  ["pivot_root", { names: ["pivot_root"], say: (call) => `"${text(call, 0)}", "${text(call, 1)}"` }],
  ["chdir", { names: ["chdir"], say: (call) => `"${text(call, 0)}"` }],
  ["unshare", { names: ["unshare"], say: words.unsharedWords }],
  ["setns", { names: ["setns"], say: words.joinedWords }],
  ["clone3", { names: ["clone3"], say: words.clonedWords }],
  ["bpf", { names: ["bpf"], say: words.programWords }],
  ["seccomp", { names: ["seccomp"], say: words.filterWords }],
  [
    "socketpair",
    { names: ["socketpair"], say: (call) => `${number(call, 0) === 1n ? "AF_UNIX" : word(call, 0)}, SOCK_SEQPACKET` },
  ],
  ["sethostname", { names: ["sethostname"], say: (call) => `"${text(call, 0)}"` }],
  ["setdomainname", { names: ["setdomainname"], say: (call) => `"${text(call, 0)}"` }],
  ["ioctl", { names: ["ioctl"], say: words.controlledWords }],
  [
    "setgroups",
    { names: ["setgroups"], say: (call) => [`${word(call, 0)} groups`, number(call, 0) === 0n ? "none" : ""] },
  ],
  ["setresuid", { names: ["setresuid"], say: words.identityWords }],
  ["setresgid", { names: ["setresgid"], say: words.identityWords }],
  ["setsid", { names: ["setsid"], say: () => " " }],
  ["dup2", { names: ["dup2", "dup3"], say: (call) => `${word(call, 0)}, ${word(call, 1)}` }],
  ["keyctl", { names: ["keyctl"], say: (call) => (number(call, 0) === 1n ? "JOIN_SESSION_KEYRING" : word(call, 0)) }],
  ["prctl", { names: ["prctl"], say: words.controlWords }],
  ["capset", { names: ["capset"], say: words.capabilityWords }],
  [
    "setrlimit",
    {
      names: ["prlimit64"],
      say: (call) => `${flag(call.args[1])}, ${word(call, 2, "rlim_cur")}:${word(call, 2, "rlim_max")}`,
    },
  ],
  [
    "close_range",
    {
      names: ["close_range"],
      say: (call) => `${word(call, 0)}, ${word(call, 1) === "4294967295" ? "~0" : word(call, 1)}`,
    },
  ],
  ["execve", { names: ["execve", "execveat"], say: (call) => `"${text(call, 0)}"` }],
  ["pidfd_open", { names: ["pidfd_open"], say: (call) => word(call, 0) }],
  ["pidfd_send_signal", { names: ["pidfd_send_signal"], say: (call) => `${word(call, 0)}, ${word(call, 1)}` }],
  ["fork", { names: ["clone", "fork", "vfork"], say: () => " " }],
  ["sendmsg", { names: ["sendmsg"], kinds: { m: "to the child: go on", r: "to the child: fd", t: "to the host: fd" } }],
  [
    "recvmsg",
    {
      names: ["recvmsg"],
      kinds: { m: "from the host: go on", r: "from the host: the root", c: "from the child: its heir" },
    },
  ],
  ["setfsuid", { match: fileOwner }],
  ["run", { match: ranTool }],
  ["waitid", { match: gathered }],
]);

const closeOnExec = 0x80000n;
/** `native/journal.c` keeps so many bytes of a call's arguments. */
const longestArgs = 511;

/** How many calls, from the view's place on, are what a record tells of: none when it tells of another one. */
export function countTold(record: StepReport, view: CallView): number {
  const recorded = recordedCalls.get(record.call);
  const call = view.calls[view.at];
  if (recorded === undefined || call === undefined) return 0;
  if ("match" in recorded) return recorded.match(record, view);
  if (!recorded.names.includes(call.name)) return 0;
  if ("kinds" in recorded) return isMessage(record, call, recorded.kinds) ? 1 : 0;
  if (!sameOutcome(record, call)) return 0;
  const said = recorded.say(call, view) ?? [];
  return [said].flat().some((one) => isSaid(record.args, one)) ? 1 : 0;
}

function sameOutcome({ result, errno }: StepReport, call: TracedCall): boolean {
  return (call.result === result || call.hostPid === result) && call.errno === errno;
}

function isSaid(args: string, said: words.Said): boolean {
  if (typeof said === "string") return args === asRecorded(said);
  return args.startsWith(said.begins) && args.endsWith(asRecorded(said.ends));
}

/** Bytes are carried as latin1 until they are cut as the helper cuts them, and then read as the journal is. */
function asRecorded(said: string): string {
  return Buffer.from(said, "latin1").subarray(0, longestArgs).toString("utf8");
}

/** A message of the helper's processes to each other, by its first letter; the result says only whether it went whole. */
function isMessage(record: StepReport, call: TracedCall, kinds: Readonly<Record<string, string>>): boolean {
  if ((call.result ?? -1) >= 0 !== (record.result === 0)) return false;
  if (record.result !== 0) return true; // an end of file, or another message, is what the failure was
  const vector = member(call, 1, "msg_iov");
  const [first] = vector?.kind === "list" ? vector.items : [];
  const sent = first?.kind === "struct" ? first.fields.get("iov_base") : undefined;
  const words = sent?.kind === "bytes" ? kinds[String.fromCharCode(sent.bytes[0] ?? 0)] : undefined;
  return words !== undefined && record.args.startsWith(words);
}

/** With the ids for files go the capabilities that the kernel takes away with them. */
function fileOwner(record: StepReport, { calls, at }: CallView): number {
  const [group, user, , raised] = calls.slice(at, at + 4);
  const asked = group?.name === "setfsgid" && user?.name === "setfsuid" && word(user, 0) === record.args;
  return asked && raised?.name === "capset" && raised.result === record.result ? 4 : 0;
}

/** A process that became the program which the record names. */
function ranTool(record: StepReport, view: CallView): number {
  const call = view.calls[view.at];
  if (call === undefined || !isFork(call)) return 0;
  const path = view.executedBy(call);
  return path !== undefined && (record.args === path || record.args.startsWith(`${path}: `)) ? 1 : 0;
}

/** The end of a process beside: a failure of its own is one of this call. */
function gathered(record: StepReport, { calls, at }: CallView): number {
  const call = calls[at];
  return call?.name === "waitid" && record.args === word(call, 1) && (record.result === 0) <= (call.result === 0)
    ? 1
    : 0;
}
