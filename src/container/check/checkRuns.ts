import { rmSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { readRecord } from "../state/jsonRecord.ts";
import { readLiveState, runDirectory } from "../state/liveState.ts";
import { isAlive, type ProcessIdentity } from "../state/processIdentity.ts";
import type { CheckScene, Finding } from "./finding.ts";
import { entriesOf, isAccountedFor, monitorOf } from "./traces.ts";

/** Containers that run without anybody who stays with them, and those whose end nobody saw. */
export function lostMonitors(scene: CheckScene): readonly Finding[] {
  return listContainerIds(scene.root).flatMap((id) => {
    const status = lostState(scene, id);
    if (status === undefined || monitorOf(scene.runRoot, id) !== undefined) return [];
    const sentence =
      status === "dead"
        ? `the container ${id.slice(0, 12)} ended while nobody stayed with it`
        : `the container ${id.slice(0, 12)} runs, and its monitor was killed`;
    return { object: runDirectory(scene.runRoot, id), sentence };
  });
}

function lostState(scene: CheckScene, id: string): "dead" | "running" | undefined {
  try {
    const state = readLiveState({ ...scene, id });
    if (state.status === "dead") return "dead";
    return (state.status === "running" || state.status === "paused") && state.monitor === undefined
      ? "running"
      : undefined;
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined; // damagedContainers says so
    throw error;
  }
}

/** Run-time directories of containers that are gone. */
export function staleRunDirectories({ root, runRoot }: CheckScene): readonly Finding[] {
  return entriesOf(join(runRoot, "containers"))
    .filter((id) => !isAccountedFor(root, id))
    .map((id) => {
      const object = join(runRoot, "containers", id);
      const process = livePayload(object);
      if (process !== undefined) {
        const sentence = `the process ${process.pid} of a container runs whose directory is gone`;
        return { object, sentence, advice: `end it with: kill -KILL ${process.pid}` };
      }
      const apply = (): void => rmSync(object, { recursive: true, force: true });
      return { object, sentence: "its container is gone", repair: { does: "removes the directory", apply } };
    });
}

function livePayload(directory: string): ProcessIdentity | undefined {
  try {
    const record = readRecord(join(directory, "running.json"));
    const process = record?.process as ProcessIdentity | undefined; // the monitor's own words
    return process !== undefined && isAlive(process) ? process : undefined;
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}
