import { EngineError } from "../../base/index.ts";

/** Flags of seccomp(2), SECCOMP_FILTER_FLAG_*, in the order of their bits; TSYNC has no effect on one thread. */
const flagBits: ReadonlyMap<string, number> = new Map([
  ["SECCOMP_FILTER_FLAG_TSYNC", 1],
  ["SECCOMP_FILTER_FLAG_LOG", 2],
  ["SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4],
]);

/** Mitigating speculative store bypass costs every filtered process much and the filter has no secrets to leak by it. */
const defaultFlags = ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"];

/**
 * The flags argument of seccomp(2) for a specification; SPEC_ALLOW when it names none.
 *
 * @throws EngineError `invalidConfig` for a flag that brig does not support.
 */
export function seccompFlagBits(flags: readonly string[] = defaultFlags): number {
  return flags.reduce((bits, flag, index) => {
    const bit = flagBits.get(flag);
    if (bit !== undefined) return bits | bit;
    throw new EngineError("invalidConfig", `seccomp profile: "flags[${index}]" is not supported: "${flag}"`, {
      hint: `the supported flags are ${[...flagBits.keys()].join(", ")}`,
    });
  }, 0);
}
