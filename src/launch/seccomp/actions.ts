import { EngineError } from "../../base/index.ts";

/**
 * What the kernel is told for each action (seccomp(2), SECCOMP_RET_*). `data` says whether the low 16 bits carry a
 * number: the errno, or the message for a tracer.
 */
const actionCodes: ReadonlyMap<string, { readonly code: number; readonly data: boolean }> = new Map([
  ["SCMP_ACT_KILL", { code: 0x00000000, data: false }],
  ["SCMP_ACT_KILL_THREAD", { code: 0x00000000, data: false }],
  ["SCMP_ACT_KILL_PROCESS", { code: 0x80000000, data: false }],
  ["SCMP_ACT_TRAP", { code: 0x00030000, data: false }],
  ["SCMP_ACT_ERRNO", { code: 0x00050000, data: true }],
  ["SCMP_ACT_TRACE", { code: 0x7ff00000, data: true }],
  ["SCMP_ACT_LOG", { code: 0x7ffc0000, data: false }],
  ["SCMP_ACT_ALLOW", { code: 0x7fff0000, data: false }],
]);

export const EPERM = 1;
export const ENOSYS = 38;

/** The largest errno that the kernel hands on (MAX_ERRNO in the kernel's linux/err.h). */
const maxErrno = 4095;

/** The answer for an ABI that the filter has no table for. */
export const killProcess = 0x80000000;

/**
 * The 32-bit value a filter returns for an action of the OCI specification; ERRNO and TRACE without a number mean EPERM.
 *
 * @throws EngineError `invalidConfig` naming `member` when the action or the number cannot be used.
 */
export function encodeAction(action: string, errnoRet: number | undefined, member: string): number {
  const entry = actionCodes.get(action);
  if (entry === undefined) {
    const known = [...actionCodes.keys()].join(", ");
    throw new EngineError("invalidConfig", `seccomp profile: "${member}" has the unknown action "${action}"`, {
      hint:
        action === "SCMP_ACT_NOTIFY"
          ? "brig has no listener for SCMP_ACT_NOTIFY; use another action"
          : `the known actions are ${known}`,
    });
  }
  if (!entry.data) return entry.code;
  const number = errnoRet ?? EPERM;
  if (!Number.isInteger(number) || number < 0 || number > maxErrno) {
    throw new EngineError("invalidConfig", `seccomp profile: "${member}" has the errno "${number}"`, {
      hint: `an errno is a whole number from 0 to ${maxErrno}`,
    });
  }
  return entry.code + number;
}

/** Whether a verdict lets the call go on (a tracer decides for TRACE). */
export function isPermissive(verdict: number): boolean {
  return verdict >= 0x7ff00000 && verdict < killProcess;
}

/** `ERRNO(38)`, `ALLOW`: a filter's 32-bit answer in words. */
export function describeVerdict(verdict: number): string {
  const code = (verdict & 0xffff0000) >>> 0;
  for (const [name, entry] of actionCodes) {
    if (entry.code !== code || name === "SCMP_ACT_KILL") continue;
    return name.slice("SCMP_ACT_".length) + (entry.data ? `(${verdict & 0xffff})` : "");
  }
  return `0x${verdict.toString(16)}`;
}
