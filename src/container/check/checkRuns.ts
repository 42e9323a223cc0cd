import { rmSync } from "node:fs";
import { join } from "node:path";
import { readRecord, unlessDamaged } from "../../base/index.ts";
import { adoptContainer, findLost } from "../lifecycle/adoptContainer.ts";
import { abandonedComparisons, removeComparison } from "../runc/comparisonDirectory.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { runDirectory } from "../state/liveState.ts";
import { isAlive, type ProcessIdentity } from "../state/processIdentity.ts";
import type { CheckScene, Finding } from "./finding.ts";
import { entriesOf, isAccountedFor } from "./traces.ts";

/** Containers that run without anybody who stays with them, and those whose end or new start nobody saw to. */
export function lostMonitors(scene: CheckScene): readonly Finding[] {
  return listContainerIds(scene.root).flatMap((id) => {
    const status = lostStatus(scene, id);
    if (status === undefined) return [];
    const apply = (): Promise<void> => adoptContainer({ ...scene, id });
    return {
      object: runDirectory(scene.runRoot, id),
      sentence: `the container ${id.slice(0, 12)} ${problems[status]}`,
      repair: { does: remedies[status], apply },
    };
  });
}

type LostStatus = "running" | "paused" | "dead" | "exited";

const problems: Readonly<Record<LostStatus, string>> = {
  running: "runs, and its monitor was killed",
  paused: "is paused, and its monitor was killed",
  dead: "ended while nobody stayed with it",
  exited: "was to be started again, and its monitor was killed",
};

const remedies: Readonly<Record<LostStatus, string>> = {
  running: "gives it a new monitor",
  paused: "gives it a new monitor",
  dead: "writes down that it has ended, and does what its restart policy says",
  exited: "starts it",
};

function lostStatus(scene: CheckScene, id: string): LostStatus | undefined {
  return unlessDamaged(() => findLost({ ...scene, id }))?.status; // damagedContainers says what is damaged
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

/** What is left of comparisons with runc whose brig was killed. */
export function leftoverComparisons({ runRoot }: CheckScene): readonly Finding[] {
  return abandonedComparisons(runRoot).map((object) => ({
    object,
    sentence: "the brig that compared a container with runc here is gone",
    repair: {
      does: "removes the control groups that runc was given, and the directory",
      apply: () => removeComparison(object),
    },
  }));
}

function livePayload(directory: string): ProcessIdentity | undefined {
  const record = unlessDamaged(() => readRecord(join(directory, "running.json")));
  const process = record?.process as ProcessIdentity | undefined; // the monitor's own words
  return process !== undefined && isAlive(process) ? process : undefined;
}
