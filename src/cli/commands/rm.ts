import { EngineError } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, laterRelease, switchInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument, manyAtOnce } from "./eachArgument.ts";

interface RmDraft extends Help {
  force?: boolean;
  volumes?: boolean;
}

const flags: readonly Flag<RmDraft>[] = [
  {
    long: "force",
    short: "f",
    text: "kill a running container first; a missing one is no error",
    read: switchInto<RmDraft>("force"),
  },
  helpFlag,
  { long: "link", short: "l", text: "remove a link", unsupported: laterRelease },
  { long: "volumes", short: "v", text: "remove anonymous volumes too", read: switchInto<RmDraft>("volumes") },
];

export const rmCommand = defineCommand<RmDraft>({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arguments: { atLeast: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft: { force = false, volumes = false }, args, context, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    return forEachArgument(
      args,
      async (name) => {
        try {
          await engine.removeContainer(name, { force, volumes });
        } catch (error) {
          const isMissing = error instanceof EngineError && error.code === "containerNotFound";
          if (!isMissing || !force) throw error;
          context.stderr.write(`brig: ${sanitizeLine(error.message)}\n`);
          return "";
        }
        return `${sanitizeLine(name)}\n`;
      },
      manyAtOnce,
    );
  },
});
