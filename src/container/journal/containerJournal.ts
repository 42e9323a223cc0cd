import { EngineError } from "../../base/index.ts";
import type { ListPlaces } from "../list/listContainers.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { readObservedState } from "../state/observedState.ts";
import { findContainer } from "../state/removeContainer.ts";
import { readStartJournal, type StartJournal } from "./startJournal.ts";

/** The journal of a container's last start by a command. */
export interface ContainerJournal extends StartJournal {
  readonly id: string;
  readonly name: string;
  /** How often its monitor has repeated that start since; nothing is kept of these. */
  readonly restarts: number;
}

/** @throws EngineError `containerNotFound`, `wrongState` when no start was kept, `storeCorrupt` for a damaged file. */
export function containerJournal(nameOrId: string, places: Pick<ListPlaces, "root" | "runRoot">): ContainerJournal {
  const id = findContainer(places.root, nameOrId);
  const paths = containerPaths(places.root, id);
  const record = readContainerRecord(paths.record);
  const name = record?.name ?? id.slice(0, 12);
  const journal = readStartJournal(paths.journal);
  const restarts = record === undefined ? 0 : readObservedState(record, places).restarts;
  if (journal !== undefined) return { id, name, restarts, ...journal };
  throw new EngineError("wrongState", `there is no journal of a start of ${JSON.stringify(name)}`, {
    hint: "each start leaves one, but for run --rm in the foreground: brig run --explain shows that one as it happens",
  });
}
