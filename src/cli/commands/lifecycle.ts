import type { Engine } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument, manyAtOnce } from "./eachArgument.ts";

/** A verb that takes containers and no flags; it prints what it returns, a line each. */
function defineVerb(act: (engine: Engine, nameOrId: string) => Promise<string>) {
  return defineCommand<Help>({
    usage: "CONTAINER [CONTAINER...]",
    arguments: { atLeast: 1 },
    flags: [helpFlag],
    begin: () => ({}),
    execute: async ({ args, openEngine }): Promise<Outcome> => {
      const engine = await openEngine();
      return forEachArgument(
        args,
        async (nameOrId) => {
          const line = await act(engine, nameOrId);
          return line === "" ? "" : `${sanitizeLine(line)}\n`;
        },
        manyAtOnce,
      );
    },
  });
}

export const pauseCommand = defineVerb(async (engine, name) => {
  await engine.pause(name);
  return name;
});

export const unpauseCommand = defineVerb(async (engine, name) => {
  await engine.unpause(name);
  return name;
});

export const waitCommand = defineVerb(async (engine, name) => String(await engine.wait(name)));

/** What a monitor calls when a container that nobody waits for has ended; hidden from `--help`. */
export const cleanupCommand = defineVerb(async (engine, id) => {
  await engine.cleanUp(id);
  return "";
});
