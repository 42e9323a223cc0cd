import type { EngineContext } from "../container/index.ts";
import type { Engine } from "../engine.ts";
import { type Places, probe, requireRoot } from "./places.ts";

export type SystemMembers = Pick<Engine, "systemCheck">;

/** What concerns everything of a data root at once. */
export function systemMembers(places: Places, openContext: () => Promise<EngineContext>): SystemMembers {
  return {
    async systemCheck(request = {}) {
      requireRoot(await probe(places), "check what brig keeps");
      const { systemCheck } = await import("../container/index.ts");
      return systemCheck(request, await openContext());
    },
  };
}
