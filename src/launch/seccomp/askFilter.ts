import { isPermissive } from "./actions.ts";
import { abiFacts, abisOf, type NativeArch } from "./architectures.ts";
import { simulateAll } from "./simulate.ts";
import { type SyscallArch, syscallNumbers } from "./syscallTables.ts";

/** A system call by its name, with those of its arguments that matter; the others are 0. */
export interface CallQuestion {
  readonly name: string;
  readonly args?: readonly bigint[];
}

/**
 * By which ABIs of the machine each of the calls passes a filter, in the order of the questions: a call that one of them
 * lets through can be made. Without a program every call passes. Pure.
 */
export function passingAbis(
  program: Uint8Array | undefined,
  native: NativeArch,
  questions: readonly CallQuestion[],
): readonly (readonly SyscallArch[])[] {
  const tables = abisOf[native].map((abi) => ({ abi, numbers: syscallNumbers(abi) }));
  const asked = questions.flatMap(({ name, args = [] }, index) =>
    tables.flatMap(({ abi, numbers }) => {
      const number = numbers.get(name);
      const { audit, numberBase } = abiFacts[abi];
      return number === undefined ? [] : [{ index, abi, call: { arch: audit, nr: numberBase + number, args } }];
    }),
  );
  const verdicts =
    program === undefined
      ? []
      : simulateAll(
          program,
          asked.map(({ call }) => call),
        );
  const passing = questions.map((): SyscallArch[] => []);
  for (const [at, { index, abi }] of asked.entries()) {
    const answer = verdicts[at];
    if (answer === undefined || isPermissive(answer.verdict)) passing[index]?.push(abi);
  }
  return passing;
}

/** The names of all calls of the machine's own ABI. */
export function nativeCalls(native: NativeArch): readonly string[] {
  return [...syscallNumbers(native).keys()];
}
