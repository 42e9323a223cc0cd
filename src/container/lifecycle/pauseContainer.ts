import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, fileSystemError } from "../../base/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { clearFrozen } from "../state/frozenMark.ts";
import { readLiveState } from "../state/liveState.ts";
import { findContainer } from "../state/removeContainer.ts";
import { tend } from "./adoptContainer.ts";

/**
 * Freezes every process of a container, or lets them go on (cgroup.freeze, cgroups(7)).
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentences, `notOffered` without cgroup v2.
 */
export async function setPaused(nameOrId: string, wanted: "paused" | "running", context: EngineContext): Promise<void> {
  const id = findContainer(context.root, nameOrId);
  await tend(id, context);
  const record = readContainerRecord(containerPaths(context.root, id).record);
  const group = record?.cgroup;
  const { status } = readLiveState({ ...context, id, ...(group === undefined ? {} : { cgroup: group }) });
  if (wanted === "running" && status !== "paused") throw wrongState(`Container ${id} is not paused`);
  if (wanted === "paused" && status === "paused") throw wrongState(`Container ${id} is already paused`);
  if (wanted === "paused" && status === "restarting")
    throw wrongState(`Container ${id} is restarting, wait until the container is running`);
  if (wanted === "paused" && status !== "running") throw wrongState(`Container ${id} is not running`);
  if (group === undefined) {
    throw new EngineError(
      "notOffered",
      `cannot pause the container ${id}: without cgroup v2 it has no group to freeze`,
    );
  }
  const file = join(group, "cgroup.freeze");
  try {
    writeFileSync(file, wanted === "paused" ? "1" : "0");
  } catch (error) {
    throw fileSystemError(error, "write", file);
  }
  if (wanted === "running") clearFrozen(containerPaths(context.root, id));
  const action = wanted === "paused" ? "pause" : "unpause";
  if (record !== undefined) await tellContainer(record, { action }, context);
}

function wrongState(message: string): EngineError {
  return new EngineError("wrongState", message, { hint: "brig ps --all shows what each container does" });
}
