import { EngineError } from "../../base/index.ts";
import { type IdMaps, mappedIdCount } from "../../namespaces/index.ts";
import type { ResolvedUser } from "./resolveUser.ts";

/**
 * An id that its user namespace does not map does not exist in a container: setuid(2) would refuse it.
 *
 * @throws EngineError `invalidValue`.
 */
export function requireMappedIds({ uid, gid, additionalGids }: ResolvedUser, ids: Partial<IdMaps>): void {
  const size = mappedIdCount(ids) ?? Number.POSITIVE_INFINITY;
  const beyond = [uid, gid, ...additionalGids].find((id) => id >= size);
  if (beyond === undefined) return;
  throw new EngineError("invalidValue", `cannot run as the id ${beyond}: the container's ids end at ${size - 1}`, {
    hint: "choose a smaller id, or use the host's ids with --userns=host",
  });
}
