import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childEnd, EngineError, requireSystemProgram } from "../../base/index.ts";
import {
  type LaunchCalls,
  type LaunchPlan,
  newRuntimeTrace,
  type PurposePlaces,
  type RuntimeTrace,
  straceForm,
} from "../../launch/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { watchChanges } from "../follow/changeWatch.ts";
import { recordGroups } from "./comparisonDirectory.ts";
import { missingGroups, removeGroups } from "./runcGroups.ts";
import { compareAttempt, lastWords, openRuncRoom, type RuncRoom } from "./runcRoom.ts";
import { openTraceFile } from "./traceFile.ts";

export interface TraceRuncRequest {
  readonly id: string;
  readonly plan: LaunchPlan;
  readonly bundleSpec: RuntimeSpec;
  readonly hidden: Pick<PurposePlaces, "masked" | "readOnly">;
  /** Writes config.json and what it binds. */
  readonly writeBundle: (directory: string) => Promise<void>;
  /** Empty, and the caller's to remove. */
  readonly directory: string;
  readonly programs: RuncPrograms;
  /** This process. */
  readonly pid: number;
  readonly signal?: AbortSignal;
}

export interface RuncPrograms {
  readonly runc: string;
  readonly strace: string;
}

/**
 * Runs the bundle of a plan with runc, followed by strace(1), up to the execution of its command, and ends it. Neither
 * a process, a mount nor a control group is left; when the caller is killed, the groups and the directory are, which
 * `system check --repair` removes.
 *
 * @throws EngineError `launchFailed` with runc's own words when it cannot run the bundle, `interrupted`.
 */
export async function traceRunc(request: TraceRuncRequest): Promise<LaunchCalls> {
  const { directory, bundleSpec } = request;
  const bundle = join(directory, "bundle");
  await request.writeBundle(bundle);
  const trace = newRuntimeTrace({
    root: join(bundle, "rootfs"),
    staging: [],
    own: [join(directory, "state")],
    group: `/${request.id}`,
    ...request.hidden,
  });
  const groups = missingGroups(bundleSpec.linux.cgroupsPath);
  recordGroups(directory, { pid: request.pid, id: request.id, groups });
  const room = await openRuncRoom();
  try {
    await mountRoot(request, room);
    await followRunc(request, room, trace);
  } finally {
    await room.close();
    removeGroups(groups);
  }
  return trace.result();
}

/** The image's layers as an overlay whose writable part is in memory; only the room sees the mounts. */
async function mountRoot({ plan, directory }: TraceRuncRequest, room: RuncRoom): Promise<void> {
  const mount = requireSystemProgram("mount", compareAttempt);
  const [stage, root] = [join(directory, "stage"), join(directory, "bundle", "rootfs")];
  mkdirSync(stage);
  await room.run([mount, "-t", "tmpfs", "-o", "mode=0700,size=256m", "tmpfs", stage], directory);
  const layers = plan.steps.flatMap(({ op, id, fields }) =>
    op === "openTree" && id.startsWith("layer.") ? [String(fields.path)] : [],
  );
  // overlayfs reads its layers' names as one option of one page: they are short
  const names = layers.map((_, index) => String(index));
  await room.run(
    [requireSystemProgram("mkdir", compareAttempt), "--mode=0755", ...names, "upper", "work", root],
    stage,
  );
  for (const [index, layer] of layers.entries()) await room.run([mount, "--bind", layer, String(index)], stage);
  const options = `lowerdir=${names.join(":")},upperdir=upper,workdir=work`;
  await room.run([mount, "-t", "overlay", "-o", options, "overlay", root], stage);
}

const longestString = 4096;
const options = ["-f", ...straceForm, "-s", String(longestString)];
/** A change is usually told; this is for hosts that tell none. */
const lookAgainMs = 200;

async function followRunc(request: TraceRuncRequest, room: RuncRoom, trace: RuntimeTrace): Promise<void> {
  const { directory, programs, signal } = request;
  const output = join(directory, "calls");
  writeFileSync(output, "");
  const runc = [programs.runc, "--root", join(directory, "state"), "run", "--bundle", "bundle", request.id];
  const child = room.start([programs.strace, ...options, "-o", output, ...runc], directory);
  const said = lastWords(child);
  const watch = watchChanges(directory, signal);
  const file = openTraceFile(output);
  let hasEnded = false;
  const end = childEnd(child).then(() => {
    hasEnded = true;
  });
  try {
    for (;;) {
      const ended = hasEnded; // before what it wrote is read
      for (const line of file.newLines()) trace.take(line);
      signal?.throwIfAborted();
      if (trace.executed()) return;
      if (ended) throw notRun(said());
      await Promise.race([watch.wait(lookAgainMs), end]);
    }
  } finally {
    watch.close();
    file.close();
  }
}

function notRun(words: string): EngineError {
  return new EngineError("launchFailed", `runc cannot run the container: ${words || "it ended without a word"}`, {
    hint: '"brig plan run --bundle DIR" writes the bundle that runc was given',
  });
}
