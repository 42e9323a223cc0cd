import { readEvents } from "../../cgroups/index.ts";
import type { DetachedLaunch, ExitedLaunch } from "../../launch/index.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { ExitReport } from "../runReports.ts";
import type { MadeContainer } from "./createContainer.ts";
import { cleanUp, removeEnded } from "./removeByName.ts";

/** Puts away what should not stay of a container whose foreground has ended, and tells how it ended. */
export async function finishForeground(
  { id, name, options }: Pick<MadeContainer, "id" | "name" | "options">,
  ended: ExitedLaunch | DetachedLaunch,
  context: EngineContext,
): Promise<ExitReport> {
  if (ended.kind === "detached") return { id, name, exitCode: 0, oomKilled: false, removed: false };
  const { exitCode, signal, statistics } = ended;
  const oomKilled = (readEvents((file) => statistics.get(file)).memory?.oomKill ?? 0) > 0;
  const removed = options.remove;
  if (removed) await removeEnded({ id, volumes: true }, context);
  else await cleanUp(id, context);
  return { id, name, exitCode, ...(signal === undefined ? {} : { signal }), oomKilled, removed };
}
