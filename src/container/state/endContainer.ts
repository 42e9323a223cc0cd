import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import { containerPaths } from "./containerPaths.ts";
import { readContainerRecord } from "./containerRecord.ts";
import { isInUse, readContainerState } from "./containerState.ts";
import { killGroup } from "./killGroup.ts";

const patienceMs = 10_000;
const pauseMs = 10;

/**
 * Ends every process of a container at once (cgroup.kill, cgroups(7)) and waits until the brig that runs it has written
 * down the end.
 *
 * @throws EngineError `notOffered` where the host has no cgroup v2, `busy` when the end takes longer than 10 seconds.
 */
export async function endContainer(root: string, id: string): Promise<void> {
  const paths = containerPaths(root, id);
  const group = readContainerRecord(paths.record)?.cgroup;
  if (group === undefined) {
    throw new EngineError("notOffered", `cannot end the container ${id}: without cgroup v2 it has no group to end`, {
      hint: "end the brig that runs it",
    });
  }
  killGroup(group);
  const deadline = performance.now() + patienceMs;
  while (existsSync(paths.state) && isInUse(readContainerState(paths.state))) {
    if (performance.now() > deadline) {
      throw new EngineError("busy", `the container ${id} has not ended after ${patienceMs / 1000} seconds`, {
        hint: "a process of it may hang in the kernel; try again later",
      });
    }
    await delay(pauseMs);
  }
}
