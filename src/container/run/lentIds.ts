import { type IdMaps, type IdRange, parseUserns } from "../../namespaces/index.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { findContainer } from "../state/removeContainer.ts";
import { readContainerSpec } from "../state/runningContainer.ts";

/** The ids of another container. */
export interface LentIds {
  readonly range: IdRange;
  readonly maps: IdMaps;
}

/**
 * The ids of the container that `--userns=container:NAME` names, which need not run; "host" when it has the host's.
 * Undefined for every other mode.
 *
 * @throws EngineError `containerNotFound`; `invalidValue` for a mode that is not known.
 */
export function lentIds(userns: string, root: string): LentIds | "host" | undefined {
  const mode = parseUserns(userns);
  if (mode.kind !== "container") return undefined;
  const paths = containerPaths(root, findContainer(root, mode.container));
  const range = readContainerRecord(paths.record)?.idRange;
  if (range === undefined) return "host";
  const { uidMappings, gidMappings } = readContainerSpec(paths).linux;
  if (uidMappings === undefined || gidMappings === undefined) return "host";
  return { range, maps: { uidMappings, gidMappings } };
}
