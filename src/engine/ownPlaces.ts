import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EngineSettings } from "../engine.ts";
import type { Places } from "./places.ts";

/** The roots of an engine with these settings. */
export function rootsOf({ root, runRoot, configuration }: EngineSettings): Pick<Places, "root" | "runRoot"> {
  return {
    root: root ?? configuration?.root ?? "/var/lib/brig",
    runRoot: runRoot ?? configuration?.runRoot ?? "/run/brig",
  };
}

/** The native helper of an engine with these settings. */
export function helperPathOf({ helperPath }: Pick<EngineSettings, "helperPath">): string {
  return helperPath ?? join(packageDirectory(), "build", "brig-helper");
}

/** The directory of the package, from wherever in it this file was bundled to. */
export function packageDirectory(): string {
  for (let directory = import.meta.dirname; directory !== "/"; directory = dirname(directory)) {
    if (existsSync(join(directory, "package.json"))) return directory;
  }
  return import.meta.dirname;
}

/** How brig is started again by those who have no PATH of the caller's. */
export function ownProgram(): readonly [string, string] {
  return [process.execPath, join(packageDirectory(), "bin", "brig.cjs")];
}
