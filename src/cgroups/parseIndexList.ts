import { EngineError } from "../base/index.ts";

/** Beyond any machine that Linux runs on (CONFIG_NR_CPUS is at most 8192). */
const largestIndex = 8191;

/**
 * Parses a list of processors or memory nodes, `0-3,7` (cpuset(7), "List format"), into its ranges. Bounded: neither a
 * long text nor a wide range costs more than its length.
 *
 * @throws EngineError `invalidValue` naming `what`, for anything but ascending ranges of numbers up to 8191.
 */
export function parseIndexList(text: string, what: string): readonly (readonly [first: number, last: number])[] {
  const invalid = () =>
    new EngineError("invalidValue", `invalid value ${JSON.stringify(text.slice(0, 80))} for ${what}`, {
      hint: "write numbers and ranges with commas between them, such as 0-2,4",
    });
  if (text === "" || text.length > 4096) throw invalid();
  return text.split(",").map((part) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || first > last || last > largestIndex) throw invalid();
    return [first, last] as const;
  });
}

/** Whether every index of `wanted` is in `available`; both as `parseIndexList` returns them. */
export function covers(
  available: readonly (readonly [number, number])[],
  wanted: readonly (readonly [number, number])[],
): boolean {
  const present = new Set<number>();
  for (const [first, last] of available) for (let index = first; index <= last; index += 1) present.add(index);
  return wanted.every(([first, last]) => {
    for (let index = first; index <= last; index += 1) if (!present.has(index)) return false;
    return true;
  });
}
