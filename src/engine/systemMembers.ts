import { resolve } from "node:path";
import type { EngineContext } from "../container/index.ts";
import type { Engine } from "../engine.ts";
import { type Places, probe, requireRoot } from "./places.ts";

export type SystemMembers = Pick<Engine, "systemCheck" | "systemBoot" | "bootUnit" | "installUnits" | "uninstallUnits">;

export interface SystemPlaces extends Places {
  /** Node and the program, by absolute paths. */
  readonly program: readonly [string, string];
}

/** What concerns everything of a data root at once. */
export function systemMembers(places: SystemPlaces, openContext: () => Promise<EngineContext>): SystemMembers {
  const writeUnit = async (): Promise<string> => {
    const { bootUnit } = await import("../host/index.ts");
    const { program, root, runRoot } = places;
    return bootUnit({ program, root: resolve(root), runRoot: resolve(runRoot) });
  };
  return {
    async systemCheck(request = {}) {
      requireRoot(await probe(places), "check what brig keeps");
      const { systemCheck } = await import("../container/index.ts");
      return systemCheck(request, await openContext());
    },
    async systemBoot() {
      requireRoot(await probe(places), "start containers");
      const { startAfterBoot } = await import("../container/index.ts");
      return startAfterBoot(await openContext());
    },
    bootUnit: writeUnit,
    async installUnits(directory) {
      const { installUnit } = await import("../host/index.ts");
      return installUnit(directory, await writeUnit());
    },
    async uninstallUnits(directory) {
      const { uninstallUnit } = await import("../host/index.ts");
      return uninstallUnit(directory);
    },
  };
}
