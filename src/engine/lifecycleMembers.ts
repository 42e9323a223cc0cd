import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineContext } from "../container/index.ts";
import type { Engine } from "../engine.ts";
import { type Places, probe, requireRoot } from "./places.ts";

type LifecycleMembers = Pick<
  Engine,
  "start" | "startAttached" | "stop" | "update" | "restart" | "kill" | "pause" | "unpause" | "wait" | "cleanUp"
>;

/** What is done to containers that exist. */
export function lifecycleMembers(places: Places, openContext: () => Promise<EngineContext>): LifecycleMembers {
  const open = async (attempt: string) => {
    requireRoot(await probe(places), attempt);
    return openContext();
  };
  return {
    async start(nameOrId) {
      const context = await open("start a container");
      const { startByName, unlessRemoved } = await import("../container/index.ts");
      await unlessRemoved({ root: context.root, nameOrId }, () => startByName(nameOrId, context));
    },
    async startAttached(request) {
      const context = await open("start a container");
      const { startAttached, unlessRemoved } = await import("../container/index.ts");
      return unlessRemoved({ root: context.root, nameOrId: request.nameOrId }, () => startAttached(request, context));
    },
    async stop(request) {
      const context = await open("stop a container");
      const { stopContainer, unlessRemoved } = await import("../container/index.ts");
      await unlessRemoved({ root: context.root, nameOrId: request.nameOrId }, () => stopContainer(request, context));
    },
    async restart(request) {
      const context = await open("restart a container");
      const { restartContainer, unlessRemoved } = await import("../container/index.ts");
      await unlessRemoved({ root: context.root, nameOrId: request.nameOrId }, () => restartContainer(request, context));
    },
    async update(request) {
      const context = await open("update a container");
      const { updateContainer, unlessRemoved } = await import("../container/index.ts");
      await unlessRemoved({ root: context.root, nameOrId: request.nameOrId }, () => updateContainer(request, context));
    },
    async kill(request) {
      const context = await open("kill a container");
      const { killContainer, unlessRemoved } = await import("../container/index.ts");
      await unlessRemoved({ root: context.root, nameOrId: request.nameOrId }, () => killContainer(request, context));
    },
    async pause(nameOrId) {
      const context = await open("pause a container");
      const { setPaused, unlessRemoved } = await import("../container/index.ts");
      await unlessRemoved({ root: context.root, nameOrId }, () => setPaused(nameOrId, "paused", context));
    },
    async unpause(nameOrId) {
      const context = await open("unpause a container");
      const { setPaused, unlessRemoved } = await import("../container/index.ts");
      await unlessRemoved({ root: context.root, nameOrId }, () => setPaused(nameOrId, "running", context));
    },
    async wait(nameOrId) {
      const context = await open("wait for a container");
      const { waitContainer } = await import("../container/index.ts");
      return waitContainer(nameOrId, context);
    },
    async cleanUp(id) {
      // The caller may have taken it away by now, and the data root with it: then nothing may be made there again.
      if (!existsSync(join(places.root, "containers", id))) return;
      const context = await open("clean up a container");
      const { cleanUp } = await import("../container/index.ts");
      await cleanUp(id, context);
    },
  };
}
