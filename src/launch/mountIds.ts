import { formatFileIdMap } from "../namespaces/index.ts";
import type { SpecMount } from "../oci/index.ts";
import type { FieldValue, LaunchStep } from "./plan.ts";

/** What maps the ids of a mount's files otherwise than those of the container's own: a user namespace kept under a name. */
export interface MountIds {
  readonly name: string;
  /** The fields of the operation that makes it. */
  readonly fields: Readonly<Record<string, FieldValue>>;
}

type Mapped = Pick<SpecMount, "uidMappings" | "gidMappings">;

/** One for each mount that has a map of its own; equal maps share one. */
export function mountIds<Mount extends Mapped>(mounts: readonly Mount[]): ReadonlyMap<Mount, MountIds> {
  const known = new Map<string, MountIds>();
  return new Map(
    mounts.flatMap((mount): (readonly [Mount, MountIds])[] => {
      const { uidMappings, gidMappings } = mount;
      if (uidMappings === undefined || gidMappings === undefined) return [];
      const texts = { uids: formatFileIdMap(uidMappings), gids: formatFileIdMap(gidMappings) };
      const key = `${texts.uids};${texts.gids}`;
      const name = `ids${known.size}`;
      const ids = known.get(key) ?? { name, fields: { as: name, ...texts } };
      known.set(key, ids);
      return [[mount, ids]];
    }),
  );
}

/** Makes them, each once. */
export function mapSteps(ids: ReadonlyMap<unknown, MountIds>): LaunchStep[] {
  return [...new Map([...ids.values()].map((one) => [one.name, one])).values()].map(({ name, fields }) => ({
    id: `${name}.map`,
    phase: "host",
    op: "mapIds",
    fields,
    why: "a user namespace that nobody lives in, by which ids of files are mapped (idmap=)",
    doc: "user_namespaces(7)",
  }));
}
