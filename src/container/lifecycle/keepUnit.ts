import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childEnd, errnoOf, findSystemProgram, readFileIfExists } from "../../base/index.ts";
import { type DelegatedUnit, isKept, unitArguments, unitGroups } from "../../cgroups/index.ts";

const timeoutMs = 20_000;

/** What asking takes; the defaults are this host's. */
export interface UnitRequest {
  /** Ends with whether the program has ended well. */
  readonly run?: (program: string, args: readonly string[]) => Promise<boolean>;
  readonly find?: (name: string) => string | undefined;
}

/**
 * Makes sure that systemd has given us the unit: asks for it unless it is there already, which one reading of a file
 * tells. Idempotent; any number of callers may ask at once, as systemd makes the unit once. It stays until the machine is
 * switched off.
 *
 * @returns whether it is there. Where it is not, its group can still be made by hand (`withoutUnit`).
 */
export async function keepUnit(unit: DelegatedUnit, request: UnitRequest = {}): Promise<boolean> {
  if (isKept(unit)) return true;
  const { run = runQuietly, find = findSystemProgram } = request;
  const [ask, wait, sleep] = [find("systemd-run"), find("systemctl"), find("sleep")];
  if (ask === undefined || wait === undefined || sleep === undefined) return false;
  clearRemains(unit);
  // It is refused when somebody else asks at the same time, whose unit may not be whole yet.
  if (!(await run(ask, unitArguments(unit, sleep)))) await run(wait, ["start", unit.name]);
  // Who asks at the same time does this too, and may take the keeper's group away while it is still empty.
  for (let tries = 0; tries < 3 && !isKept(unit); tries += 1) settle(unit);
  return isKept(unit);
}

/** Where the keeper was killed, groups remain in which systemd can start nothing. One with containers in it stays. */
function clearRemains(unit: DelegatedUnit): void {
  const { containers, monitors, keeper } = unitGroups(unit);
  if (!existsSync(keeper)) return; // what is there without it may be made at this moment
  for (const group of [containers, monitors, keeper, unit.directory]) attempt(() => rmdirSync(group));
}

/** systemd starts the keeper in the unit's own group; before version 254 it can be told of no other (`DelegateSubgroup=`). */
function settle(unit: DelegatedUnit): void {
  const { directory } = unit;
  const { keeper } = unitGroups(unit);
  const processes = (readFileIfExists(join(directory, "cgroup.procs")) ?? "").split("\n").filter((pid) => pid !== "");
  if (processes.length === 0) return;
  attempt(() => mkdirSync(keeper, { recursive: true }));
  for (const pid of processes) attempt(() => writeFileSync(join(keeper, "cgroup.procs"), pid));
}

/** Whether it went well is seen by what is there afterwards. */
function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

async function runQuietly(program: string, args: readonly string[]): Promise<boolean> {
  return (await childEnd(spawn(program, args, { cwd: "/", env: {}, stdio: "ignore", timeout: timeoutMs }))) === 0;
}
