import { setTimeout as delay } from "node:timers/promises";
import type { EngineContext } from "../run/engineContext.ts";
import { identifyProcess } from "../state/processIdentity.ts";
import { checks, deepChecks, networkChecks } from "./checks.ts";
import type { Check, CheckScene, Finding } from "./finding.ts";

export interface CheckRequest {
  /** Repair what can be repaired without touching what runs. */
  readonly repair?: boolean;
  /** Read every blob, and compare every layer with what its blob unpacks to. */
  readonly deep?: boolean;
  /** Only what concerns networks. */
  readonly only?: "networks";
  /** How long a fault must last; another brig may be in the middle of something. Half a second when left out. */
  readonly patienceMs?: number;
}

export interface CheckedFinding extends Pick<Finding, "object" | "sentence" | "advice"> {
  readonly check: string;
  /** `I5`: of SECURITY-BASELINE 5.3. */
  readonly invariant: string;
  /** `note`: worth knowing, no fault. */
  readonly severity: "fault" | "note";
  /** What `--repair` does, or did. Absent: a user must decide. */
  readonly repair?: string;
  readonly repaired: boolean;
  /** Why the repair did not succeed. */
  readonly failure?: string;
}

export interface CheckReport {
  /** Whether no fault is left. */
  readonly clean: boolean;
  readonly findings: readonly CheckedFinding[];
}

/** A finding on its way to the report. */
interface Seen extends Finding {
  readonly check: Check;
}

const pauseMs = 100;
const rounds = 4;

/**
 * Looks whether everything that must always hold does hold (SECURITY-BASELINE 5.3), and repairs what can be repaired on
 * demand. A fault is one only when it lasts for `patienceMs`. Repairs are made in rounds, because one may bring another
 * to light.
 *
 * @throws EngineError `fileSystem` when something cannot be looked at.
 */
export async function systemCheck(request: CheckRequest, context: EngineContext): Promise<CheckReport> {
  const owner = identifyProcess(context.pid);
  if (owner === undefined) throw new Error(`there is no process ${context.pid}`);
  const scene = { ...context, owner };
  const repaired = new Map<string, Seen>();
  const failures = new Map<string, string>();
  let left = await lasting(scene, request);
  for (let round = 0; request.repair === true && round < rounds; round += 1) {
    const mendable = left.filter((seen) => seen.repair !== undefined && !failures.has(keyOf(seen)));
    if (mendable.length === 0) break;
    for (const seen of mendable) {
      const failure = await attempt(seen);
      if (failure === undefined) repaired.set(keyOf(seen), seen);
      else failures.set(keyOf(seen), failure);
    }
    left = await lasting(scene, request);
  }
  const remaining = new Set(left.map(keyOf));
  const mended = [...repaired.values()].filter((seen) => !remaining.has(keyOf(seen)));
  return {
    clean: left.every(({ harmless = false }) => harmless),
    findings: [
      ...mended.map((seen) => ({ ...describe(seen), repaired: true })),
      ...left.map((seen) => {
        const failure = failures.get(keyOf(seen));
        return { ...describe(seen), repaired: false, ...(failure === undefined ? {} : { failure }) };
      }),
    ],
  };
}

async function attempt({ repair }: Seen): Promise<string | undefined> {
  try {
    await repair?.apply();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Looks until only what stays is left. */
async function lasting(scene: CheckScene, request: CheckRequest): Promise<readonly Seen[]> {
  const deadline = performance.now() + (request.patienceMs ?? 500);
  const deep = request.deep === true ? await look(scene, deepChecks) : [];
  const list = request.only === "networks" ? networkChecks : checks;
  let found = await look(scene, list);
  while (found.some(({ harmless = false }) => !harmless) && performance.now() < deadline) {
    await delay(pauseMs);
    const before = new Set(found.map(keyOf));
    found = (await look(scene, list)).filter((seen) => before.has(keyOf(seen)));
  }
  return [...found, ...deep];
}

async function look(scene: CheckScene, list: readonly Check[]): Promise<readonly Seen[]> {
  const found: Seen[] = [];
  for (const check of list) {
    for (const finding of await check.find(scene)) found.push({ ...finding, check });
  }
  return found;
}

function keyOf({ check, object, sentence }: Seen): string {
  return JSON.stringify([check.name, object, sentence]);
}

function describe({ check, object, sentence, advice, repair, harmless }: Seen): Omit<CheckedFinding, "repaired"> {
  return {
    check: check.name,
    invariant: check.invariant,
    severity: harmless === true ? "note" : "fault",
    object,
    sentence,
    ...(repair === undefined ? {} : { repair: repair.does }),
    ...(advice === undefined ? {} : { advice }),
  };
}
