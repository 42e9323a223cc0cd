/** Every capability of Linux in the order of its number, without `CAP_` (capabilities(7), linux/capability.h). */
const namesByNumber = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN " +
  "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE " +
  "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
).split(" ");

/** `CAP_CHOWN` ... `CAP_CHECKPOINT_RESTORE`; the position is the number. */
export const allCapabilities: readonly string[] = namesByNumber.map((name) => `CAP_${name}`);

/** The number of a capability, or undefined for a name that is none. */
export function capabilityNumber(name: string): number | undefined {
  const number = allCapabilities.indexOf(name);
  return number < 0 ? undefined : number;
}

/** A set of capabilities as the kernel's 64-bit mask: bit 0 is CAP_CHOWN. @throws Error for a name that is none. */
export function capabilityMask(names: readonly string[]): bigint {
  return names.reduce((mask, name) => {
    const number = capabilityNumber(name);
    if (number === undefined) throw new Error(`"${name}" is no capability`);
    return mask | (1n << BigInt(number));
  }, 0n);
}

/** The names of a mask's bits, lowest first; bits that no known capability has are left out. */
export function capabilityNames(mask: bigint): readonly string[] {
  return allCapabilities.filter((_, number) => ((mask >> BigInt(number)) & 1n) === 1n);
}
