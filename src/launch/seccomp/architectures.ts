import { EngineError } from "../../base/index.ts";
import type { SyscallArch } from "./syscallTables.ts";

/** The architectures that brig's helper runs on. */
export type NativeArch = "x86_64" | "aarch64";

interface AbiFacts {
  /** The name in profiles (seccomp_arch_add(3)). */
  readonly scmp: string;
  /** The name that Docker's `includes.arches` use. */
  readonly docker: string;
  /** AUDIT_ARCH_* of the kernel's linux/audit.h; what a filter finds in `seccomp_data.arch`. */
  readonly audit: number;
  /** Added to every system call number. */
  readonly numberBase: number;
  /** Arguments are 32 bits wide: the upper halves hold nothing. */
  readonly narrow: boolean;
}

/** x32 tells itself apart only by bit 30 of the number (__X32_SYSCALL_BIT). */
export const x32Bit = 0x40000000;

export const abiFacts: Readonly<Record<SyscallArch, AbiFacts>> = {
  x86_64: { scmp: "SCMP_ARCH_X86_64", docker: "amd64", audit: 0xc000003e, numberBase: 0, narrow: false },
  x32: { scmp: "SCMP_ARCH_X32", docker: "x32", audit: 0xc000003e, numberBase: x32Bit, narrow: true },
  i386: { scmp: "SCMP_ARCH_X86", docker: "x86", audit: 0x40000003, numberBase: 0, narrow: true },
  aarch64: { scmp: "SCMP_ARCH_AARCH64", docker: "arm64", audit: 0xc00000b7, numberBase: 0, narrow: false },
};

/** Which tables a process on the native architecture can use. */
export const abisOf: Readonly<Record<NativeArch, readonly SyscallArch[]>> = {
  x86_64: ["x86_64", "x32", "i386"],
  aarch64: ["aarch64"],
};

const foreignArchitectures: ReadonlySet<string> = new Set(
  ["ARM", "LOONGARCH64", "M68K", "MIPS", "MIPS64", "MIPS64N32", "MIPSEL", "MIPSEL64", "MIPSEL64N32"]
    .concat(["PARISC", "PARISC64", "PPC", "PPC64", "PPC64LE", "RISCV64", "S390", "S390X", "SH", "SHEB"])
    .map((name) => `SCMP_ARCH_${name}`),
);

/** Whether a profile may name this architecture, even when this machine is another one. */
function isKnownArchitecture(scmp: string): boolean {
  return foreignArchitectures.has(scmp) || Object.values(abiFacts).some((facts) => facts.scmp === scmp);
}

/**
 * The ABIs of `native` that a profile with these `architectures` filters; the native one is always among them, as in
 * libseccomp. Names of other machines are left out.
 *
 * @throws EngineError `invalidConfig` for a name that no machine has.
 */
export function filteredAbis(architectures: readonly string[], native: NativeArch): readonly SyscallArch[] {
  for (const [index, name] of architectures.entries()) {
    if (isKnownArchitecture(name)) continue;
    throw new EngineError("invalidConfig", `seccomp profile: "architectures[${index}]" is unknown: "${name}"`, {
      hint: "architectures are written as in SCMP_ARCH_X86_64",
    });
  }
  return abisOf[native].filter((abi) => abi === native || architectures.includes(abiFacts[abi].scmp));
}

/** Node's `process.arch` as the architecture of a filter. @throws EngineError `notOffered` for any other machine. */
export function nativeArch(processArch: string): NativeArch {
  if (processArch === "x64") return "x86_64";
  if (processArch === "arm64") return "aarch64";
  throw new EngineError("notOffered", `cannot filter system calls on the architecture "${processArch}"`, {
    hint: "brig knows the system calls of x64 and arm64",
  });
}
