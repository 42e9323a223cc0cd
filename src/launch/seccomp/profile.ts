import type { SpecSeccompArg } from "../../oci/index.ts";
import { ENOSYS, EPERM } from "./actions.ts";
import { allowedCalls, callsByCapability } from "./profileTable.ts";
import type { ProfileRule, SeccompProfile } from "./resolveProfile.ts";

/** `strict` also refuses the x32 ABI and the old multiplexed socket call of i386, whose arguments no filter can see. */
export type SeccompVariant = "default" | "strict";

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET (clone(2)). */
const newNamespaceFlags = 0x7e020000;

const allow = (names: readonly string[], args?: readonly SpecSeccompArg[]): ProfileRule => ({
  names,
  action: "SCMP_ACT_ALLOW",
  ...(args === undefined ? {} : { args }),
});

const refuse = (names: readonly string[], errnoRet: number): ProfileRule => ({
  names,
  action: "SCMP_ACT_ERRNO",
  errnoRet,
});

const equal = (index: number, value: number): SpecSeccompArg => ({ index, op: "SCMP_CMP_EQ", value });

/**
 * Address families that programs use (address_families(7)). Not among them: AF_ALG (38) and AF_VSOCK (40), which reach
 * kernel code that knows nothing of namespaces, and those that only their own hardware or history needs: DECnet (12),
 * Econet, ATM, IrDA, WANPIPE, ISDN and CAIF. Each one above 11 is named, because the kernel drops the upper half of this
 * argument and "greater than 40" would let a 38 with a set bit above pass. Netlink and packet sockets come first: a
 * filter asks in this order.
 */
const families = "16 17 13 14 15 18 21 22 24 26 27 28 29 30 31 32 33 35 36 39 41 42 43 44 45".split(" ").map(Number);

const socketRules: readonly ProfileRule[] = [
  allow(["socket"], [{ index: 0, op: "SCMP_CMP_LT", value: 12 }]),
  ...families.map((family) => allow(["socket"], [equal(0, family)])),
];

/** PER_LINUX, PER_LINUX32, both with UNAME26, and 0xffffffff, which only asks (personality(2)). */
const personalityRules: readonly ProfileRule[] = [0, 0x8, 0x20000, 0x20008, 0xffffffff].map((value) =>
  allow(["personality"], [equal(0, value)]),
);

/** The flags of clone3 are in memory, where a filter cannot look; ENOSYS makes the C library use clone. */
const cloneRules: readonly ProfileRule[] = [
  {
    ...allow(["clone"], [{ index: 0, op: "SCMP_CMP_MASKED_EQ", value: newNamespaceFlags, valueTwo: 0 }]),
    excludes: { caps: ["CAP_SYS_ADMIN"] },
  },
  { ...refuse(["clone3"], ENOSYS), excludes: { caps: ["CAP_SYS_ADMIN"] } },
];

/** Calls that are young and that nothing depends on: a program which tries them has another way. */
const youngCalls: ProfileRule = refuse(
  ["lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", "file_getattr", "file_setattr"],
  ENOSYS,
);

/**
 * The profile of containers that ask for none. What it does not name is refused with EPERM, or ENOSYS where the number
 * is not known (see `decisionRanges`). It is in Docker's format, so it resolves and prints like a user's own.
 */
export function defaultSeccompProfile(variant: SeccompVariant = "default"): SeccompProfile {
  const isStrict = variant === "strict";
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: EPERM,
    archMap: [
      {
        architecture: "SCMP_ARCH_X86_64",
        subArchitectures: isStrict ? ["SCMP_ARCH_X86"] : ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
      },
      { architecture: "SCMP_ARCH_AARCH64", subArchitectures: [] },
    ],
    syscalls: [
      ...Object.values(allowedCalls).map((names) => allow(names)),
      isStrict ? refuse(["socketcall"], ENOSYS) : allow(["socketcall"]),
      ...socketRules,
      ...personalityRules,
      ...cloneRules,
      youngCalls,
      ...Object.entries(callsByCapability).map(([capability, names]) => ({
        ...allow(names),
        includes: { caps: [capability] },
      })),
    ],
  };
}
