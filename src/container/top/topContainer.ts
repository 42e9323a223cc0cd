import { readFileIfExists } from "../../base/index.ts";
import type { HostFacts } from "../../host/index.ts";
import { parseAccounts, passwdPath } from "../identity/accounts.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { requireRunning } from "../state/runningContainer.ts";
import { readProcesses } from "./processTable.ts";
import { parsePsOptions } from "./psOptions.ts";

/** The processes of a container as a table. Cells hold what strangers wrote. */
export interface TopTable {
  readonly titles: readonly string[];
  readonly processes: readonly (readonly string[])[];
}

export interface TopRequest {
  /** Name, id or the beginning of an id. */
  readonly container: string;
  /** Words of ps(1). */
  readonly psOptions: readonly string[];
}

export interface TopContext extends StatePlaces {
  readonly now: () => Date;
  readonly probeHost: () => Pick<HostFacts, "memoryBytes">;
}

/**
 * Lists the processes of a container with the numbers that the host has for them.
 *
 * @throws EngineError `containerNotFound`, `wrongState` when it does not run, `notOffered` for options of ps that are not.
 */
export function topContainer({ container, psOptions }: TopRequest, context: TopContext): TopTable {
  const columns = parsePsOptions(psOptions);
  const { record, state } = requireRunning(context, container);
  const { cgroup } = record;
  const processes = readProcesses({ ...(cgroup === undefined ? {} : { cgroup }), firstPid: state.process.pid });
  const facts = {
    now: context.now(),
    bootMs: bootTime(readFileIfExists("/proc/stat") ?? ""),
    memoryBytes: context.probeHost().memoryBytes,
    userNames: hostUsers(),
  };
  return {
    titles: columns.map(({ title }) => title),
    processes: processes.map((process) => columns.map(({ cell }) => cell(process, facts))),
  };
}

/** `btime` of proc_stat(5), in milliseconds. */
function bootTime(text: string): number {
  return Number(/^btime (\d{1,15})$/m.exec(text)?.[1] ?? 0) * 1000;
}

function hostUsers(): ReadonlyMap<number, string> {
  const passwd = readFileIfExists(passwdPath);
  const { users } = parseAccounts(passwd === undefined ? undefined : Buffer.from(passwd), undefined);
  // The first line of an id has its name, as in getpwuid(3).
  return new Map([...users].reverse().map(({ uid, name }) => [uid, name]));
}
