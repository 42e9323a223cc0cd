import { allCapabilities, dockerCapabilities } from "../../namespaces/index.ts";
import { capabilitiesIn, capabilitySets } from "../compare/processFacts.ts";
import type { PostureFact } from "./fact.ts";
import type { PostureSightings } from "./sightings.ts";

/** What each one is good for (capabilities(7)). */
const powers: Readonly<Record<string, string>> = {
  CHOWN: "It gives files to other users.",
  DAC_OVERRIDE: "It reads and writes files whatever their mode says.",
  DAC_READ_SEARCH: "It reads any file, and opens files by handles that lead out of a mount.",
  FOWNER: "It changes modes and times of files of others.",
  FSETID: "It keeps the set-user-ID bit of a file that it writes to.",
  KILL: "It signals processes of other users.",
  SETGID: "It takes on any group.",
  SETUID: "It takes on any user.",
  SETPCAP: "It drops capabilities from the bounding set.",
  LINUX_IMMUTABLE: "It makes files that nobody can change or remove.",
  NET_BIND_SERVICE: "It binds ports below 1024.",
  NET_BROADCAST: "It was meant for broadcasts, and nothing asks for it.",
  NET_ADMIN: "It changes interfaces, routes and packet filters, and reaches much kernel code.",
  NET_RAW: "It forges packets of its network and listens to those of others.",
  IPC_LOCK: "It keeps memory from being swapped out, without a limit.",
  IPC_OWNER: "It uses shared memory and queues of other users.",
  SYS_MODULE: "It loads code into the kernel.",
  SYS_RAWIO: "It reads and writes ports and memory of the hardware.",
  SYS_CHROOT: "It changes its root directory.",
  SYS_PTRACE: "It traces and reads processes of other users.",
  SYS_PACCT: "It turns the accounting of processes on and off.",
  SYS_ADMIN: "It mounts file systems and does most of what only an administrator may.",
  SYS_BOOT: "It restarts the machine or loads another kernel.",
  SYS_NICE: "It takes processor time from others by priorities and policies.",
  SYS_RESOURCE: "It goes beyond limits and reserves.",
  SYS_TIME: "It sets the clock of the machine.",
  SYS_TTY_CONFIG: "It hangs up terminals.",
  MKNOD: "It makes device nodes.",
  LEASE: "It is told before files of others are opened, and holds the opener up.",
  AUDIT_WRITE: "It writes records into the audit log of the kernel.",
  AUDIT_CONTROL: "It changes what the kernel audits.",
  SETFCAP: "It gives capabilities to files.",
  MAC_OVERRIDE: "It overrides a security module.",
  MAC_ADMIN: "It changes the rules of a security module.",
  SYSLOG: "It reads and clears the kernel's messages and sees its addresses.",
  WAKE_ALARM: "It wakes the machine from sleep.",
  BLOCK_SUSPEND: "It keeps the machine from sleeping.",
  AUDIT_READ: "It reads the audit log of the kernel.",
  PERFMON: "It measures what the whole machine does.",
  BPF: "It loads programs into the kernel.",
  CHECKPOINT_RESTORE: "It chooses ids of new processes and reads maps of others.",
};

/** Docker gives its fourteen to root in three sets, and to any other user in the bounding set alone. */
export function capabilityFacts({ status, spec }: PostureSightings): readonly PostureFact[] {
  const held = capabilitySets.map(([key, set]) => ({ set, names: new Set(capabilitiesIn(status.get(key))) }));
  const granted = spec.process.user.uid === 0 ? ["effective", "permitted", "bounding"] : ["bounding"];
  return allCapabilities.map((name) => ({
    section: "capabilities",
    name,
    docker: dockerCapabilities.includes(name) ? granted : [],
    here: held.flatMap(({ set, names }) => (names.has(name) ? [set] : [])),
    none: "in no set",
    why: powers[name.slice("CAP_".length)] ?? "",
  }));
}
