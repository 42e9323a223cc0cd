import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { DelegatedUnit } from "../../src/cgroups/index.ts";

export interface UnitHierarchy {
  readonly mountPoint: string;
  readonly unit: DelegatedUnit;
  /** Writes a file in the group of the unit, and makes that. */
  readonly write: (file: string, text: string) => void;
}

/** A directory instead of a hierarchy: what is written to a file stays there, and nothing is made with a directory. It goes with the test. */
export function unitHierarchy(t: TestContext): UnitHierarchy {
  const mountPoint = mkdtempSync(join(tmpdir(), "brig-unit-"));
  t.after(() => rmSync(mountPoint, { recursive: true }));
  const directory = join(mountPoint, "brig.slice/brig.service");
  const write = (file: string, text: string) => {
    const path = join(directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  return { mountPoint, unit: { name: "brig.service", slice: "brig.slice", directory }, write };
}
