import { type CallView, pathOf } from "./callView.ts";
import { ioctlRequests } from "./ioctlRequests.ts";
import { cloneFlags, flag, hex, member, number, octal, text, word } from "./tracedArgs.ts";
import type { TracedCall, TracedValue } from "./tracedCall.ts";

/** What the journal says of a call; where it names a thing by the plan's own name, which the kernel never hears, the rest. */
export type Said = string | { readonly begins: string; readonly ends: string };

/** openat(2), of a file that is made or of the user namespace of a descriptor. */
export function openedWords(call: TracedCall, view: CallView): string {
  const path = text(call, 1);
  if (path !== "ns/user") return `${word(call, 0)}, "${path}", O_CREAT|O_EXCL|O_NOFOLLOW, ${octal(number(call, 3))}`;
  return `"${pathOf(word(call, 0), view)}/ns/user"`;
}

/** write(2), with the path by which the file was opened. */
export function writtenWords(call: TracedCall, view: CallView): string {
  return `${pathOf(word(call, 0), view)}, "${text(call, 1)}"`;
}

/** fsconfig(2): a flag, a value, or FSCONFIG_CMD_CREATE. */
export function configuredWords(call: TracedCall): string {
  const [fd, command] = [word(call, 0), number(call, 1)];
  if (command === 6n) return `${fd}, create`;
  return command === 0n ? `${fd}, ${text(call, 2)}` : `${fd}, "${text(call, 2)}", "${text(call, 3)}"`;
}

/** move_mount(2), to a path, to what a descriptor stands for, or to a name on the stage. */
export function movedWords(call: TracedCall, view: CallView): readonly Said[] {
  const to = text(call, 3);
  const named = `${word(call, 0)} -> "${to === "" ? pathOf(word(call, 2), view) : to}"`;
  return [named, { begins: "", ends: ` -> stage/${to}` }];
}

/** mount_setattr(2), of one mount or of the whole tree. */
export function attributeWords(call: TracedCall): string {
  const [set, propagation] = [flag(member(call, 3, "attr_set")), flag(member(call, 3, "propagation"))];
  if (text(call, 1) === "/") return `"/", AT_RECURSIVE, propagation=${propagation === 0x40000n ? "MS_PRIVATE" : ""}`;
  const ids = BigInt.asIntN(32, flag(member(call, 3, "userns_fd")));
  return `${word(call, 0)}, set=${hex(set)}, propagation=${hex(propagation)}, userns=${ids}`;
}

const newMounts = 0x20000n;

/** unshare(2), by its flags; a new mount namespace may be told by its name. */
export function unsharedWords(call: TracedCall): readonly string[] {
  const flags = number(call, 0);
  return [hex(flags), (flags & newMounts) === 0n ? "" : `CLONE_NEWNS | ${hex(flags & ~newMounts)}`];
}

/** setns(2), with the name that the plan has for the target. */
export function joinedWords(call: TracedCall): readonly Said[] {
  const [fd, flags] = [word(call, 0), number(call, 1)];
  return [flags === newMounts ? `${fd}, CLONE_NEWNS` : "", { begins: `${fd} (`, ends: `), ${hex(flags)}` }];
}

/** clone3(2), of the first process or of one that holds a user namespace. */
export function clonedWords(call: TracedCall): string {
  const flags = cloneFlags(call);
  if (flags === 0x10000000n) return "CLONE_NEWUSER";
  const cgroup = member(call, 0, "cgroup");
  return `flags=${hex(flags)}, cgroup=${cgroup === undefined ? -1 : flag(cgroup)}`;
}

/** bpf(2): the device filter is loaded, and attached to a group. */
export function programWords(call: TracedCall): string {
  if (number(call, 0) === 5n) return `BPF_PROG_LOAD, CGROUP_DEVICE, ${word(call, 1, "insn_cnt")} insns`;
  return `BPF_PROG_ATTACH, cgroup=${word(call, 1, "target_fd")}, prog=${word(call, 1, "attach_bpf_fd")}`;
}

/** seccomp(2). */
export function filterWords(call: TracedCall): string {
  return `SECCOMP_SET_MODE_FILTER, flags=${hex(number(call, 1))}, ${word(call, 2, "len")} instructions`;
}

const { interfaceUp, unlockTerminal, openTerminal, takeTerminal, sizeTerminal } = ioctlRequests;

/** ioctl(2), of the loopback interface and of terminals; undefined for any other request. */
export function controlledWords(call: TracedCall): string | undefined {
  const fd = word(call, 0);
  const request = number(call, 1);
  if (request === interfaceUp) return "SIOCSIFFLAGS, lo, IFF_UP";
  if (request === unlockTerminal) return `${fd}, TIOCSPTLCK, 0`;
  if (request === openTerminal) return `${fd}, TIOCGPTPEER`;
  if (request === takeTerminal) return `${fd}, TIOCSCTTY`;
  if (request !== sizeTerminal) return undefined;
  return `${fd}, TIOCSWINSZ, ${word(call, 2, "ws_col")}x${word(call, 2, "ws_row")}`;
}

/** setresuid(2) and setresgid(2), when all three are the same. */
export function identityWords(call: TracedCall): readonly string[] {
  const ids = [word(call, 0), word(call, 1), word(call, 2)];
  return new Set(ids).size === 1 ? [ids.join(", "), word(call, 0)] : [];
}

/** prctl(2); undefined for what the helper makes no record of. */
export function controlWords(call: TracedCall): string | undefined {
  const value = word(call, 1);
  switch (number(call, 0)) {
    case 1n:
      return number(call, 1) === 9n ? "PR_SET_PDEATHSIG, SIGKILL" : undefined;
    case 4n:
      return `PR_SET_DUMPABLE, ${value}`;
    case 8n:
      return `PR_SET_KEEPCAPS, ${value}`;
    case 24n:
      return `PR_CAPBSET_DROP, ${number(call, 1)}`;
    case 38n:
      return `PR_SET_NO_NEW_PRIVS, ${value}`;
    case 47n:
      return number(call, 1) === 2n ? `PR_CAP_AMBIENT_RAISE, ${number(call, 2)}` : undefined;
    default:
      return undefined;
  }
}

/** capset(2): what its three sets can be, as strace leaves open which half of a set it prints. */
export function capabilityWords(call: TracedCall): readonly string[] {
  const sets = ["effective", "permitted", "inheritable"].map((set) =>
    masksOf(member(call, 1, set)).map((mask) => `${set}=${hex(mask)}`),
  );
  return sets.reduce(
    (all, one) => all.flatMap((before) => one.map((set) => (before === "" ? set : `${before}, ${set}`))),
    [""],
  );
}

/** strace writes the two halves of a set one after the other, and leaves one out that is empty. */
function masksOf(value: TracedValue | undefined): readonly bigint[] {
  const [first = "0", second] = value?.kind === "word" ? value.text.split("|") : [];
  const high = (text: string) => BigInt(text) << 32n;
  return second === undefined ? [BigInt(first), high(first)] : [BigInt(first) | high(second)];
}
