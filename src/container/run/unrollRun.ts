import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { HostFacts } from "../../host/index.ts";
import { type LaunchPlan, unrollPlan } from "../../launch/index.ts";
import type { RunOptions } from "../runOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { runDirectory } from "../state/liveState.ts";
import type { EngineContext } from "./engineContext.ts";
import { planRun } from "./planRun.ts";

export interface UnrollRunRequest {
  readonly options: RunOptions;
  /** The command as it was given, for the head of the script. */
  readonly title: string;
}

/** A shell script that makes a container without brig. */
export interface UnrolledRun {
  readonly script: string;
  readonly notices: readonly string[];
}

/**
 * Plans a container, does nothing of it, and writes the plan as a shell script (`unrollPlan`).
 *
 * @throws EngineError as `planRun`; `imageNotFound` when the layers of the image are not unpacked here.
 */
export async function unrollRun({ options, title }: UnrollRunRequest, context: EngineContext): Promise<UnrolledRun> {
  const { plan, files, id, notices } = await planRun(options, {
    ...context,
    probeHost: () => unmanaged(context.probeHost()),
  });
  requireLayers(plan, options.image);
  const [volumes, own] = [`${join(context.root, "volumes")}/`, containerPaths(context.root, id).directory];
  const opened = plan.steps.flatMap(({ op, fields: { path } }) => (op === "openTree" ? [String(path)] : []));
  const script = unrollPlan({
    plan,
    title,
    files,
    ownDirectories: opened.filter((path) => path === own || (path.startsWith(volumes) && !existsSync(path))),
    runDirectory: runDirectory(context.runRoot, id),
  });
  return { script, notices };
}

/** A script makes its groups itself: it has no unit of systemd's to make them in. */
function unmanaged({ cgroup: { manager: _, ...cgroup }, ...facts }: HostFacts): HostFacts {
  return { ...facts, cgroup };
}

function requireLayers({ steps }: LaunchPlan, image: string): void {
  const missing = steps.some(
    ({ op, id, fields }) => op === "openTree" && id.startsWith("layer.") && !existsSync(String(fields.path)),
  );
  if (!missing) return;
  throw new EngineError("imageNotFound", `cannot unroll a container of "${image}": its layers are not here`, {
    hint: "run it once with brig, which brings and unpacks them",
  });
}
