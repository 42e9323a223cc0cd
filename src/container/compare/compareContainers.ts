import { EngineError } from "../../base/index.ts";
import type { ListPlaces } from "../list/listContainers.ts";
import { isAlive } from "../state/processIdentity.ts";
import { readContainerSpec, requireRunning } from "../state/runningContainer.ts";
import { type ComparedSection, comparedSections, type ProcessFacts, readProcessFacts } from "./processFacts.ts";
import { containerSysctls, hostSysctls } from "./sysctls.ts";

/** Stands for the host: what the caller's own process sees. A container of this name is told apart by its id. */
export const hostWord = "host";

export interface CompareRequest {
  /** Names or ids of running containers, or `host`. */
  readonly left: string;
  readonly right: string;
}

/** One thing of both; a side that does not have it is absent. */
export interface ComparedRow {
  readonly section: ComparedSection;
  readonly name: string;
  readonly left?: string;
  readonly right?: string;
  readonly same: boolean;
}

export interface ContainerComparison {
  readonly left: string;
  readonly right: string;
  readonly rows: readonly ComparedRow[];
}

/**
 * What the kernel says of the first processes of two containers, or of one and the host, side by side.
 *
 * @throws EngineError `containerNotFound`, `wrongState` for one that does not run or ends meanwhile.
 */
export async function compareContainers(
  { left, right }: CompareRequest,
  places: ListPlaces,
): Promise<ContainerComparison> {
  const [one, other] = [await observe(left, places), await observe(right, places)];
  return { left: one.name, right: other.name, rows: compareFacts(one.facts, other.facts) };
}

/** In the order of the sections; within one, first what the left side has. */
export function compareFacts(left: ProcessFacts, right: ProcessFacts): readonly ComparedRow[] {
  return comparedSections.flatMap((section) => {
    const [one, other] = [left[section], right[section]];
    return [...new Set([...one.keys(), ...other.keys()])].map((name): ComparedRow => {
      const [a, b] = [one.get(name), other.get(name)];
      return {
        ...{ section, name, same: a === b },
        ...(a === undefined ? {} : { left: a }),
        ...(b === undefined ? {} : { right: b }),
      };
    });
  });
}

interface Observed {
  readonly name: string;
  readonly facts: ProcessFacts;
}

async function observe(nameOrId: string, places: ListPlaces): Promise<Observed> {
  if (nameOrId === hostWord) {
    return { name: hostWord, facts: readProcessFacts({ directory: "/proc/self", sysctls: hostSysctls() }) };
  }
  const { record, paths, state } = requireRunning(places, nameOrId);
  const { pid, startTime } = state.process;
  const target = { pid, startTime: Number(startTime) };
  const spec = readContainerSpec(paths);
  const sysctls = await containerSysctls({ helperPath: places.helperPath, target, spec });
  const { cgroup } = record;
  const facts = readProcessFacts({ directory: `/proc/${pid}`, sysctls, ...(cgroup === undefined ? {} : { cgroup }) });
  if (isAlive(state.process)) return { name: record.name, facts };
  throw new EngineError("wrongState", `container ${record.id} ended while it was looked at`, {
    hint: `start it with: brig start ${record.name}`,
  });
}
