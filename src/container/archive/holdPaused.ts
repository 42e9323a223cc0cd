import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError, readFileIfExists } from "../../base/index.ts";
import { encodeRequest } from "../attach/frames.ts";
import { tellContainer } from "../events/tellContainer.ts";
import { setPaused } from "../lifecycle/pauseContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { dialMonitor } from "../state/dialMonitor.ts";
import { isLeftFrozen, markFrozen } from "../state/frozenMark.ts";
import { identifyProcess } from "../state/processIdentity.ts";
import type { ObservedContainer } from "../state/runningContainer.ts";

export interface Pause {
  /** Lets the container go on. Idempotent. */
  release(): Promise<void>;
}

const patienceMs = 10_000;
const pauseMs = 2;

/**
 * Freezes a container that runs for as long as this process wants and lives: its monitor lets it go on when the
 * connection ends, however it ends. Without a monitor it is paused as `pause` does. One that does not run is left alone.
 *
 * @throws EngineError `busy` when it does not come to a stand.
 */
export async function holdPaused(container: ObservedContainer, context: EngineContext): Promise<Pause> {
  const { record, state, paths } = container;
  const { id, cgroup } = record;
  const left = state.status === "paused" && isLeftFrozen(paths);
  if (cgroup === undefined || (state.status !== "running" && !left)) return { release: async () => undefined };
  const socket = left ? undefined : await dialMonitor(context.runRoot, id);
  if (socket === undefined) return pauseAlone(container, context);
  socket.on("error", () => undefined); // the container has ended
  socket.resume();
  socket.write(encodeRequest("freeze", {}));
  let held = true;
  const release = async (): Promise<void> => {
    if (!held) return;
    held = false;
    socket.destroy();
    await reaches(cgroup, "0");
    await tellContainer(record, { action: "unpause" }, context);
  };
  if (await reaches(cgroup, "1")) {
    await tellContainer(record, { action: "pause" }, context);
    return { release };
  }
  socket.destroy();
  throw new EngineError("busy", `cannot pause the container ${id} while its files are read`, {
    hint: "a process of it hangs in the kernel; try again, or use --no-pause",
  });
}

/** A mark tells the next commit, should this one be killed, that nobody else wants the container to stand still. */
async function pauseAlone({ record: { id }, state, paths }: ObservedContainer, context: EngineContext): Promise<Pause> {
  const owner = identifyProcess(context.pid);
  if (owner !== undefined) markFrozen({ id, paths }, owner);
  if (state.status === "running") await setPaused(id, "paused", context);
  let held = true;
  return {
    async release() {
      if (held) await setPaused(id, "running", context);
      held = false;
    },
  };
}

/** cgroup.events says when all processes stand still, and when none does any more (cgroups(7)); a group that is gone does neither. */
async function reaches(cgroup: string, frozen: "0" | "1"): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const events = readFileIfExists(join(cgroup, "cgroup.events"));
    if (events === undefined || events.includes(`frozen ${frozen}`)) return true;
    if (performance.now() > deadline) return false;
    await delay(pauseMs);
  }
}
