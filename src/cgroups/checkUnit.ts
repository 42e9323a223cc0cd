import { existsSync } from "node:fs";
import { join } from "node:path";
import { findSystemProgram } from "../base/index.ts";
import type { CgroupFacts, DoctorCheck } from "../host/index.ts";
import type { Messages } from "../messages/index.ts";
import { isKept } from "./delegatedUnit.ts";
import { defaultUnit } from "./groupPath.ts";

/** What became of the unit that holds containers' groups: `unheld` are groups that were made without it. */
export type UnitSight = "kept" | "absent" | "unheld" | "cannot be asked";

/** Looks at the unit for containers without `--cgroup-parent`; undefined where nobody has to be asked. */
export function seeUnit(cgroup: CgroupFacts): UnitSight | undefined {
  const unit = defaultUnit(cgroup);
  if (unit === undefined) return undefined;
  if (isKept(unit)) return "kept";
  if (existsSync(join(unit.directory, "cgroup.procs"))) return "unheld";
  return findSystemProgram("systemd-run") === undefined ? "cannot be asked" : "absent";
}

/** Says whether systemd leaves the groups of containers alone. Pure. */
export function checkUnit(sight: UnitSight, words: Messages["doctor"]["delegation"]): DoctorCheck {
  const texts = { id: "delegation", title: words.title } as const;
  const good = (found: string): DoctorCheck => ({ ...texts, status: "ok", found, advice: "" });
  const bad = (found: string, advice: string): DoctorCheck => ({ ...texts, status: "warn", found, advice });
  switch (sight) {
    case "kept":
      return good(words.kept);
    case "absent":
      return good(words.absent);
    case "unheld":
      return bad(words.unheld, words.unheldAdvice);
    case "cannot be asked":
      return bad(words.mute, words.muteAdvice);
    default:
      return sight satisfies never;
  }
}
