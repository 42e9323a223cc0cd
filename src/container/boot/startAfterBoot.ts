import { existsSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import { startByName } from "../lifecycle/startContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { CreatedName } from "../runReports.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import { readContainerState } from "../state/containerState.ts";
import { readLiveState } from "../state/liveState.ts";
import { identifyProcess, readBootId } from "../state/processIdentity.ts";
import { sweepAbandoned } from "../state/removeContainer.ts";
import { comesBack } from "./comesBack.ts";

export interface BootReport {
  /** What was started, in the order of creation. */
  readonly started: readonly CreatedName[];
  /** What could not be started, looked at or swept away, and why; the rest went on. */
  readonly failures: readonly unknown[];
}

/**
 * After a reboot: takes away what it left of `--rm` containers and of what was being made, and starts what must come back
 * (`comesBack`), one after the other in the order of creation, as later ones may need earlier ones. Each is decided about
 * at its turn, so this may be repeated, killed and run beside other commands. Without a reboot nothing happens.
 */
export async function startAfterBoot(context: EngineContext): Promise<BootReport> {
  const started: CreatedName[] = [];
  const failures: unknown[] = [];
  const attempt = async <Result>(action: () => Promise<Result> | Result): Promise<Result | undefined> => {
    try {
      return await action();
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  };
  await attempt(() => sweepLeftovers(context));
  const records: ContainerRecord[] = [];
  for (const id of listContainerIds(context.root)) {
    const record = await attempt(() => readContainerRecord(containerPaths(context.root, id).record));
    if (record !== undefined) records.push(record);
  }
  for (const record of records.sort(byCreation)) {
    const { id, name } = record;
    if ((await attempt(() => startIfDue(record, context))) === true) started.push({ id, name });
  }
  return { started, failures };
}

async function sweepLeftovers(context: EngineContext): Promise<void> {
  const owner = identifyProcess(context.pid);
  if (owner === undefined) throw new Error(`there is no process ${context.pid}`);
  await sweepAbandoned({ ...context, owner });
}

function byCreation(one: ContainerRecord, other: ContainerRecord): number {
  return one.created < other.created ? -1 : Number(one.created > other.created);
}

async function startIfDue({ id, name }: ContainerRecord, context: EngineContext): Promise<boolean> {
  const paths = containerPaths(context.root, id);
  if (!existsSync(paths.record)) return false; // removed meanwhile
  const state = readContainerState(paths.state);
  const facts = {
    policy: readContainerOptions(paths.options).restart,
    live: readLiveState({ ...context, id }),
    started: state?.status === "created" ? state.started : undefined,
    isStopped: existsSync(paths.stopped),
    bootId: readBootId(),
  };
  if (!comesBack(facts)) return false;
  try {
    await startByName(id, context);
    return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { code, message, hint, details } = error;
    throw new EngineError(code, `cannot start the container "${name}" after the reboot: ${message}`, {
      cause: error,
      details,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
