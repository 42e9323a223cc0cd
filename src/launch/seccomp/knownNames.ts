import { EngineError, nearestWord } from "../../base/index.ts";
import { allCapabilities } from "../../namespaces/index.ts";
import { encodeAction, isPermissive } from "./actions.ts";
import type { ProfileRule, SeccompProfile } from "./resolveProfile.ts";
import { type SyscallArch, syscallNumbers } from "./syscallTables.ts";

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

/** Calls of machines that brig has no table of (syscalls(2), "Architecture-specific"); profiles name those of all machines. */
const foreignCalls = words(`
  arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush cachectl get_tls set_tls usr26 usr32 atomic_barrier
  atomic_cmpxchg_32 getpagesize memory_ordering multiplexer old_adjtimex osf_syscall pciconfig_iobase pciconfig_read
  pciconfig_write perfctr recv rtas riscv_flush_icache riscv_hwprobe s390_guarded_storage s390_pci_mmio_read
  s390_pci_mmio_write s390_runtime_instr s390_sthyi sched_get_affinity sched_set_affinity send spu_create spu_run
  subpage_prot swapcontext switch_endian sync_file_range2 sys_debug_setcontext sysmips utrap_install`);

const tables: readonly SyscallArch[] = ["x86_64", "i386", "x32", "aarch64"];

/**
 * Refuses a profile by which less would be refused than it says: one that names a call that no machine has where it takes
 * away what others may do, or a rule for a capability that there is none of. An unknown call that is allowed changes nothing:
 * so a profile may be newer than brig.
 *
 * @throws EngineError `invalidConfig` naming the member and the nearest right name.
 */
export function refuseUnknownNames({ defaultAction, syscalls }: SeccompProfile): void {
  const isOpen = isPermissive(encodeAction(defaultAction, undefined, "defaultAction"));
  const known = new Set([...tables.flatMap((abi) => [...syscallNumbers(abi).keys()]), ...foreignCalls]);
  for (const [index, rule] of syscalls.entries()) {
    const path = `syscalls[${index}]`;
    if (isOpen && takesAway(rule, path)) refuseUnknown({ path, kind: "system call", names: rule.names, known });
    const capabilities = [rule.includes, rule.excludes].flatMap((circumstances) => circumstances?.caps ?? []);
    refuseUnknown({ path, kind: "capability", names: capabilities, known: new Set(allCapabilities) });
  }
}

function takesAway({ action, errnoRet }: ProfileRule, path: string): boolean {
  return !isPermissive(encodeAction(action, errnoRet, `${path}.action`));
}

interface NamedIn {
  readonly path: string;
  readonly kind: "system call" | "capability";
  readonly names: readonly string[];
  readonly known: ReadonlySet<string>;
}

function refuseUnknown({ path, kind, names, known }: NamedIn): void {
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const meant = nearestWord(unknown, [...known]);
  const shown = JSON.stringify(unknown.slice(0, 64));
  throw new EngineError("invalidConfig", `seccomp profile: "${path}" names the unknown ${kind} ${shown}`, {
    hint: meant === undefined ? `take it out: it would have no effect` : `did you mean ${meant}?`,
  });
}
