import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, fileSystemError, writeFileAtomic } from "../../base/index.ts";
import type { CgroupWrite, GroupPlan } from "../../cgroups/index.ts";
import type { HostFacts } from "../../host/index.ts";
import type { LaunchRequest } from "../../launch/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { readContainerOptions, writeContainerOptions } from "../state/containerOptions.ts";
import { readLaunchFile, writeLaunchFile } from "../state/launchFile.ts";
import { observeContainer, readContainerSpec } from "../state/runningContainer.ts";
import { withContainerLock } from "./containerLock.ts";
import { policyFields } from "./monitorFields.ts";
import { type ContainerChange, type PlannedUpdate, planUpdate } from "./planUpdate.ts";
import { tellMonitor } from "./tellMonitor.ts";

export interface UpdateRequest extends ContainerChange {
  readonly nameOrId: string;
}

/**
 * Changes the limits of a container and when it is started again. One that runs has them at once, any other at its next
 * start. Everything that can be refused is refused before anything is changed; a value that the kernel refuses takes
 * those before it back.
 *
 * @throws EngineError `containerNotFound`, `invalidValue` with Docker's sentences, `controllerUnavailable`.
 */
export async function updateContainer(request: UpdateRequest, context: EngineContext): Promise<void> {
  const { paths } = observeContainer(context, request.nameOrId);
  await withContainerLock(paths, async () => {
    const { record, state } = observeContainer(context, request.nameOrId);
    const { id } = record;
    const options = readContainerOptions(paths.options);
    const planned = planUpdate(request, {
      id,
      options,
      host: asMade(context.probeHost(), readLaunchFile(paths.launch)),
    });
    const runs = state.status === "running" || state.status === "paused";
    if (runs && planned.group !== undefined) writeLimits(planned.group, planned.writes, id);
    keep(planned, paths);
    if (request.restart !== undefined) {
      await tellMonitor(context.runRoot, id, { op: "policy", fields: policyFields(request.restart) });
    }
    await tellContainer(record, { action: "update" }, context);
  });
}

/** Where its group lies was decided when the container was made, maybe in a boot without systemd, or with it. */
function asMade(host: HostFacts, { cgroup }: LaunchRequest): HostFacts {
  const { manager: _, ...facts } = host.cgroup;
  return { ...host, cgroup: cgroup?.unit === undefined ? facts : { ...facts, manager: "systemd" } };
}

/** The records that `inspect`, the next start and the next update go by. */
function keep(
  { options, resources, group }: PlannedUpdate,
  paths: { readonly options: string; readonly launch: string; readonly config: string },
): void {
  const spec = readContainerSpec(paths);
  const { devices } = spec.linux.resources;
  const changed = { ...spec, linux: { ...spec.linux, resources: { ...resources, devices } } };
  const launch = readLaunchFile(paths.launch);
  const { restart: _, retries: __, ...monitor } = launch.monitor;
  const cgroup = group === undefined ? {} : { cgroup: { ...launch.cgroup, ...group } };
  writeFileAtomic(paths.config, `${JSON.stringify(changed, undefined, 2)}\n`, { mode: 0o644 });
  writeLaunchFile(paths.launch, {
    ...launch,
    spec: changed,
    ...cgroup,
    monitor: { ...monitor, ...policyFields(options.restart) },
  });
  writeContainerOptions(paths.options, options);
}

/** A controller that nobody asked for so far is given to the group first. */
function writeLimits({ parents, directory }: GroupPlan, writes: readonly CgroupWrite[], id: string): void {
  const undo: CgroupWrite[] = [];
  try {
    if (writes.length > 0) {
      for (const parent of parents) {
        const value = parent.enable.map((controller) => `+${controller}`).join(" ");
        if (value !== "") writeFileSync(join(parent.directory, "cgroup.subtree_control"), value);
      }
    }
    for (const { file, value } of writes) {
      const before = readFileSync(join(directory, file), "utf8").trim();
      writeFileSync(join(directory, file), value);
      undo.unshift({ file, value: before });
    }
  } catch (error) {
    for (const { file, value } of undo) restore(join(directory, file), value);
    const told = fileSystemError(error, "write the limits of the container", id);
    throw told instanceof EngineError ? told : error;
  }
}

function restore(path: string, value: string): void {
  try {
    writeFileSync(path, value === "" ? "\n" : value);
  } catch {
    // the limit that could not be set is the one to tell of
  }
}
