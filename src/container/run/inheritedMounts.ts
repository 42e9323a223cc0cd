import { EngineError } from "../../base/index.ts";
import { printable } from "../options/singleLine.ts";
import type { BindPropagation } from "../runOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { type RecordedMount, readContainerRecord } from "../state/containerRecord.ts";
import { findContainer } from "../state/removeContainer.ts";
import type { NamedMount } from "./resolveMounts.ts";

const modes: ReadonlySet<string> = new Set(["ro", "rw", "z", "Z"]);

/**
 * The binds and volumes of other containers (`--volumes-from CONTAINER[:ro]`), the later ones winning. Read-only is what
 * either side says.
 *
 * @throws EngineError `invalidValue` for a malformed word, `containerNotFound`.
 */
export function inheritedMounts(root: string, wanted: readonly string[]): readonly NamedMount[] {
  return wanted.flatMap((text) => {
    const { container, readOnly } = parseVolumesFrom(text);
    const record = readContainerRecord(containerPaths(root, findContainer(root, container)).record);
    if (record === undefined) throw new EngineError("containerNotFound", `No such container: ${container}`);
    return record.mounts.flatMap((mount) => inherit(mount, readOnly) ?? []);
  });
}

function parseVolumesFrom(text: string): { readonly container: string; readonly readOnly: boolean } {
  const [container = "", mode = "rw", ...more] = text.split(":");
  if (container === "") throw new EngineError("invalidValue", "volumes-from specification cannot be an empty string");
  if (more.length > 0 || !modes.has(mode)) {
    throw new EngineError("invalidValue", `invalid mode for volumes-from: ${printable(text).slice(1, -1)}`, {
      hint: "write CONTAINER, CONTAINER:ro or CONTAINER:rw",
    });
  }
  return { container, readOnly: mode === "ro" };
}

/** A file system in memory belongs to its container alone. */
function inherit(mount: RecordedMount, readOnly: boolean): NamedMount | undefined {
  const { source, target, anonymous, subpath } = mount;
  const both = { target, readOnly: mount.readOnly || readOnly };
  if (mount.kind === "tmpfs") return undefined;
  if (mount.kind === "bind") {
    // The record keeps the word as it was parsed.
    const propagation = (mount.propagation ?? "rprivate") as BindPropagation;
    const ids = mount.idMap === undefined ? {} : { idMap: mount.idMap };
    const recursive = mount.recursive ?? true;
    return { kind: "bind", ...both, source, createSource: false, propagation, recursive, ...ids };
  }
  const part = subpath === undefined ? {} : { subpath };
  return { kind: "volume", ...both, name: source, noCopy: true, ...part, volume: { name: source, anonymous } };
}
