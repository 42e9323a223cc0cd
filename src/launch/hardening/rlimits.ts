import { EngineError } from "../../base/index.ts";
import type { SpecRlimit } from "../../oci/index.ts";

/** A limit of getrlimit(2); -1 is unlimited. */
export interface Rlimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** Docker's names, and how /proc/PID/limits calls each of them (proc(5)). */
const limitTitles: ReadonlyMap<string, string> = new Map([
  ["core", "Max core file size"],
  ["cpu", "Max cpu time"],
  ["data", "Max data size"],
  ["fsize", "Max file size"],
  ["locks", "Max file locks"],
  ["memlock", "Max locked memory"],
  ["msgqueue", "Max msgqueue size"],
  ["nice", "Max nice priority"],
  ["nofile", "Max open files"],
  ["nproc", "Max processes"],
  ["rss", "Max resident set"],
  ["rtprio", "Max realtime priority"],
  ["rttime", "Max realtime timeout"],
  ["sigpending", "Max pending signals"],
  ["stack", "Max stack size"],
]);

const unlimited = -1;

/**
 * Parses `--ulimit NAME=SOFT[:HARD]`; one number sets both, -1 is unlimited.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseUlimit(text: string): Rlimit {
  const equals = text.indexOf("=");
  const name = text.slice(0, equals);
  const values = text.length > 128 ? [] : text.slice(equals + 1).split(":");
  if (equals < 0 || values.length === 0) throw badUlimit(`invalid ulimit argument: ${shown(text)}`);
  if (!limitTitles.has(name)) throw badUlimit(`invalid ulimit type: ${shown(name)}`);
  if (values.length > 2) {
    throw badUlimit(
      `too many limit value arguments - ${shown(text.slice(equals + 1))}, can only have up to two, \`soft[:hard]\``,
    );
  }
  const [soft = 0, hard = soft] = values.map((value) => parseLimit(value, text));
  if (hard !== unlimited && (soft === unlimited || soft > hard)) {
    throw badUlimit(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  }
  return { name, soft, hard };
}

function parseLimit(value: string, text: string): number {
  const number = /^(-1|\d{1,16})$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw badUlimit(`invalid ulimit argument: ${shown(text)}`);
  return number;
}

function badUlimit(message: string): EngineError {
  return new EngineError("invalidValue", message, {
    hint: "write NAME=SOFT[:HARD], such as nofile=1024:2048, where -1 is unlimited",
  });
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 128)).slice(1, -1);
}

/**
 * Limits of a container that asks for none. Many programs loop over every possible descriptor, so a soft limit of
 * billions makes them hang, while those that need more raise it themselves up to the hard one.
 */
const defaultRlimits: readonly Rlimit[] = [
  { name: "nofile", soft: 1024, hard: 524288 },
  { name: "core", soft: 0, hard: 0 },
  { name: "memlock", soft: 8 * 1024 * 1024, hard: 8 * 1024 * 1024 },
];

export interface RlimitRequest {
  readonly requested: readonly Rlimit[];
  /** The caller's own hard limits by name, from `parseHardLimits`; -1 is unlimited. */
  readonly hardLimits: ReadonlyMap<string, number>;
  /** Whether hard limits can be raised: CAP_SYS_RESOURCE in the host's user namespace (setrlimit(2)). */
  readonly mayRaise: boolean;
}

export interface RlimitPlan {
  readonly rlimits: readonly SpecRlimit[];
  /** Defaults that are lower than usual because of the caller's hard limits, one sentence each. `run` does not repeat them
   * each time: it is a fact of the host, which `doctor` reports. */
  readonly notices: readonly string[];
}

/**
 * The limits of a container: what was asked for (the last of a name counts), and the defaults. Pure. A default above
 * the caller's hard limit is lowered to it and reported.
 *
 * @throws EngineError `notOffered` when a limit was asked for that cannot be had.
 */
export function planRlimits({ requested, hardLimits, mayRaise }: RlimitRequest): RlimitPlan {
  const asked = new Map(requested.map((limit) => [limit.name, limit]));
  const reach = (name: string) => (mayRaise ? unlimited : (hardLimits.get(name) ?? unlimited));
  const notices: string[] = [];
  for (const { name, hard } of asked.values()) {
    if (isWithin(hard, reach(name))) continue;
    throw new EngineError(
      "notOffered",
      `cannot set the limit ${name} to ${words(hard)}: the hard limit here is ${reach(name)}`,
      {
        hint: `raise it for the shell that starts brig ("ulimit -H"), or ask for at most ${reach(name)}`,
      },
    );
  }
  const defaults = defaultRlimits.filter(({ name }) => !asked.has(name));
  const lowered = defaults.map((limit) => {
    const most = reach(limit.name);
    if (isWithin(limit.hard, most)) return limit;
    notices.push(`the limit ${limit.name} is ${most} instead of ${limit.hard}: the caller has no more`);
    return { name: limit.name, soft: Math.min(limit.soft, most), hard: most };
  });
  return { rlimits: [...lowered, ...asked.values()].map(toSpec), notices };
}

function isWithin(value: number, most: number): boolean {
  return most === unlimited || (value !== unlimited && value <= most);
}

function words(value: number): string {
  return value === unlimited ? "unlimited" : String(value);
}

function toSpec({ name, soft, hard }: Rlimit): SpecRlimit {
  return { type: `RLIMIT_${name.toUpperCase()}`, soft, hard };
}

/** The hard limits in the text of /proc/PID/limits, by Docker's names; -1 is unlimited. Lines of other limits are ignored. */
export function parseHardLimits(text: string): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const line of text.split("\n")) {
    for (const [name, title] of limitTitles) {
      if (!line.startsWith(`${title} `)) continue;
      const [, hard] = line.slice(title.length).trim().split(/ +/);
      if (hard !== undefined && /^(unlimited|\d{1,20})$/.test(hard)) {
        limits.set(name, hard === "unlimited" ? unlimited : Number(hard));
      }
    }
  }
  return limits;
}
