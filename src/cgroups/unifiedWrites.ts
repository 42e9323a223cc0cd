import { EngineError } from "../base/index.ts";
import type { CgroupFacts } from "../host/index.ts";
import type { CgroupWrite } from "./cgroupPlan.ts";
import { requireController } from "./controllers.ts";

/**
 * The files that the user named one by one (`--cgroup-conf memory.high=48m`). A file belongs to the controller that its
 * name starts with; the group's own files (`cgroup.*`) are the engine's.
 *
 * @throws EngineError `invalidValue` for a name that is not a controller's file, `controllerUnavailable`.
 */
export function unifiedWrites(unified: Readonly<Record<string, string>>, cgroup: CgroupFacts): readonly CgroupWrite[] {
  return Object.entries(unified).map(([file, value]) => {
    const match = /^([a-z]{1,16})\.[A-Za-z0-9_.]{1,64}$/.exec(file);
    const controller = match?.[1];
    if (controller === undefined || controller === "cgroup" || file.includes("..")) {
      throw new EngineError("invalidValue", `invalid cgroup file ${JSON.stringify(file.slice(0, 80))}`, {
        hint: "name a file of a cgroup v2 controller, such as memory.high or cpu.max.burst",
      });
    }
    if (value.length > 4096 || /[\0\n]/.test(value)) {
      throw new EngineError("invalidValue", `invalid value for the cgroup file "${file}"`, {
        hint: "a value is one line of text",
      });
    }
    requireController(cgroup, controller, `the cgroup file "${file}"`);
    return { file, value };
  });
}
