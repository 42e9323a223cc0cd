import type { GroupFile } from "./statistics.ts";

export type PressureResource = "cpu" | "memory" | "io";

/** How much of the time tasks of a group waited for a resource (the kernel's accounting/psi.rst). */
export interface Pressure {
  /** Some task waited while others worked. */
  readonly some: Stall;
  /** All tasks waited; absent for a resource without that line. */
  readonly full?: Stall;
}

/** Percent of the last 10, 60 and 300 seconds, and microseconds since the group was made. */
export interface Stall {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly totalUs: number;
}

/** What is absent the kernel does not count. */
export type Pressures = Readonly<Partial<Record<PressureResource, Pressure>>>;

const resources: readonly PressureResource[] = ["cpu", "memory", "io"];

/** The pressure on the group whose files `read` returns; they need no controller. */
export function readPressures(read: GroupFile): Pressures {
  return Object.fromEntries(
    resources.flatMap((resource) => {
      const pressure = readPressure(read, resource);
      return pressure === undefined ? [] : [[resource, pressure]];
    }),
  );
}

function readPressure(read: GroupFile, resource: PressureResource): Pressure | undefined {
  const lines = new Map((read(`${resource}.pressure`) ?? "").split("\n").map((line) => [line.split(" ", 1)[0], line]));
  const some = parseStall(lines.get("some"));
  const full = parseStall(lines.get("full"));
  return some === undefined ? undefined : { some, ...(full === undefined ? {} : { full }) };
}

/** `some avg10=0.00 avg60=0.00 avg300=0.00 total=0` */
function parseStall(line: string | undefined): Stall | undefined {
  if (line === undefined) return undefined;
  const values = new Map(
    [...line.matchAll(/ ([a-z0-9]+)=(\d{1,18}(?:\.\d{1,4})?)/g)].map(([, key, value]) => [key, Number(value)]),
  );
  const at = (key: string) => values.get(key) ?? 0;
  return { avg10: at("avg10"), avg60: at("avg60"), avg300: at("avg300"), totalUs: at("total") };
}
