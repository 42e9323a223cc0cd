import { EngineError } from "../../base/index.ts";
import type { HostFacts } from "../../host/index.ts";
import type { ListPlaces } from "../list/listContainers.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { isAlive } from "../state/processIdentity.ts";
import { requireRunning } from "../state/runningContainer.ts";
import { blame } from "./blame.ts";
import { callFacts } from "./callFacts.ts";
import { capabilityFacts } from "./capabilityFacts.ts";
import { deviceFacts } from "./deviceFacts.ts";
import { type PostureFact, type PostureRow, rowOf } from "./fact.ts";
import { identityFacts, namespaceFacts, settingFacts } from "./identityFacts.ts";
import { lookAround } from "./lookAround.ts";
import { mountFacts } from "./mountFacts.ts";
import { pathFacts } from "./pathFacts.ts";
import type { PostureSightings } from "./sightings.ts";

/** What stands between a container and the host, beside what Docker puts there by default. */
export interface ContainerPosture {
  readonly container: string;
  readonly equal: number;
  readonly stricter: number;
  readonly looser: number;
  /** In the order of the sections. */
  readonly rows: readonly PostureRow[];
}

export interface PosturePlaces extends ListPlaces {
  readonly host: HostFacts;
}

/**
 * Compares what a running container may do with what a container that Docker starts without flags may do.
 *
 * @throws EngineError `containerNotFound`, `wrongState` for one that does not run or ends meanwhile.
 */
export async function containerPosture(nameOrId: string, places: PosturePlaces): Promise<ContainerPosture> {
  const container = requireRunning(places, nameOrId);
  const options = readContainerOptions(container.paths.options);
  const facts = postureFacts(await lookAround(container, places));
  const { record, state } = container;
  if (!isAlive(state.process)) {
    throw new EngineError("wrongState", `container ${record.id} ended while it was looked at`, {
      hint: `start it with: brig start ${record.name}`,
    });
  }
  const rows = facts.map((fact) => rowOf(fact, blame(fact, options)));
  const count = (wanted: PostureRow["verdict"]) => rows.filter(({ verdict }) => verdict === wanted).length;
  const counts = { equal: count("equal"), stricter: count("stricter"), looser: count("looser") };
  return { container: record.name, ...counts, rows };
}

/** Every fact, in the order of the sections. Pure. */
export function postureFacts(seen: PostureSightings): readonly PostureFact[] {
  return [
    ...capabilityFacts(seen),
    ...callFacts(seen),
    ...pathFacts(seen),
    ...mountFacts(seen),
    ...deviceFacts(seen),
    ...namespaceFacts(seen),
    ...identityFacts(seen),
    ...settingFacts(seen),
  ];
}
