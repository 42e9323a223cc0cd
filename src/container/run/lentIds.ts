import { type IdMaps, type IdRange, parseUserns } from "../../namespaces/index.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import { findContainer } from "../state/removeContainer.ts";
import { readContainerSpec } from "../state/runningContainer.ts";

/** The ids of another container, whose user namespace is joined. */
export interface LentIds {
  readonly range: IdRange;
  readonly maps: IdMaps;
  /** The container that the user namespace is made for: that one itself, or the one that it has joined. */
  readonly owner: string;
}

/**
 * The ids of the container that `--userns=container:NAME` names; "host" when it has the host's. Undefined for every other
 * mode.
 *
 * @throws EngineError `containerNotFound`; `invalidValue` for a mode that is not known.
 */
export function lentIds(userns: string, root: string): LentIds | "host" | undefined {
  const mode = parseUserns(userns);
  if (mode.kind !== "container") return undefined;
  const id = findContainer(root, mode.container);
  const paths = containerPaths(root, id);
  const range = readContainerRecord(paths.record)?.idRange;
  if (range === undefined) return "host";
  const { uidMappings, gidMappings } = readContainerSpec(paths).linux;
  if (uidMappings === undefined || gidMappings === undefined) return "host";
  return { range, maps: { uidMappings, gidMappings }, owner: userOwner(root, id) };
}

/**
 * Those of the containers named by values of namespace flags that are in the user namespace of `owner`.
 *
 * @throws EngineError `containerNotFound`.
 */
export function neighboursOf({ owner }: LentIds, root: string, modes: readonly string[]): ReadonlySet<string> {
  const named = modes.flatMap((mode) => /^container:(.+)$/s.exec(mode)?.[1] ?? []);
  return new Set(named.filter((name) => userOwner(root, findContainer(root, name)) === owner));
}

function userOwner(root: string, id: string): string {
  const { joins } = readLaunchFile(containerPaths(root, id).launch);
  const joined = joins.find(({ type }) => type === "user")?.container;
  return joined === undefined ? id : userOwner(root, joined);
}
