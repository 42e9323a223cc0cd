import { dirname, join } from "node:path";
import { listNames, makeDirectory, readRecord, writeFileAtomic } from "../../base/index.ts";
import { runDirectory, type StatePlaces } from "../state/liveState.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "../state/processIdentity.ts";

/**
 * `RUN/containers/ID/execs/EXECID`: the process of a command that was executed in a container. Its keeper takes the file
 * away at its end; one whose keeper was killed names a process that is gone, and counts for nothing.
 */
export function execRecordPath({ runRoot }: Pick<StatePlaces, "runRoot">, id: string, execId: string): string {
  return join(runDirectory(runRoot, id), "execs", execId);
}

/** Notes a command that has just been executed; nothing when it has ended already. */
export function noteExec(path: string, pid: number): void {
  const process = identifyProcess(pid);
  if (process === undefined) return;
  makeDirectory(dirname(path));
  writeFileAtomic(path, `${JSON.stringify(process)}\n`);
}

/** The ids of the commands that run in a container at this moment, in no order. */
export function runningExecs({ runRoot }: Pick<StatePlaces, "runRoot">, id: string): readonly string[] {
  const directory = join(runDirectory(runRoot, id), "execs");
  return listNames(directory).filter((name) => {
    const process = readRecord(join(directory, name)) as ProcessIdentity | undefined; // written by noteExec
    return process !== undefined && isAlive(process);
  });
}
