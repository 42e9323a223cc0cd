import { EngineError } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument } from "./eachArgument.ts";

interface NetworkRemoveDraft extends Help {
  force?: boolean;
}

export const networkRemoveCommand = defineCommand<NetworkRemoveDraft>({
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  arguments: { atLeast: 1 },
  flags: [
    { long: "force", short: "f", text: "a missing network is no error", read: switchInto<NetworkRemoveDraft>("force") },
    helpFlag,
  ],
  begin: () => ({}),
  execute: async ({ draft: { force = false }, args, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    return forEachArgument(args, async (name) => {
      try {
        await engine.removeNetwork(name);
      } catch (error) {
        const isMissing = error instanceof EngineError && error.code === "networkNotFound";
        if (!isMissing || !force) throw error;
      }
      return `${sanitizeLine(name)}\n`;
    });
  },
});
