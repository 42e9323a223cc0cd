import { EngineError, type ErrorCode } from "../../base/index.ts";
import type { Engine } from "../../engine.ts";
import { defineCommand, type LoadedCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument } from "./eachArgument.ts";

interface RemoveDraft extends Help {
  force?: boolean;
}

interface Removal {
  readonly noun: string;
  readonly missing: ErrorCode;
  readonly force: string;
  readonly remove: (engine: Engine, name: string, options: { readonly force: boolean }) => Promise<void>;
}

export const removeNetworksCommand = removeObjects({
  noun: "network",
  missing: "networkNotFound",
  force: "a missing network is no error, and one whose record is damaged goes, too",
  remove: (engine, name, options) => engine.removeNetwork(name, options),
});

export const removeVolumesCommand = removeObjects({
  noun: "volume",
  missing: "volumeNotFound",
  force: "a missing volume is no error",
  remove: (engine, name) => engine.removeVolume(name),
});

function removeObjects({ noun, missing, force: forceText, remove }: Removal): LoadedCommand {
  const word = noun.toUpperCase();
  return defineCommand<RemoveDraft>({
    usage: `[OPTIONS] ${word} [${word}...]`,
    arguments: { atLeast: 1 },
    flags: [{ long: "force", short: "f", text: forceText, read: switchInto<RemoveDraft>("force") }, helpFlag],
    begin: () => ({}),
    execute: async ({ draft: { force = false }, args, openEngine }): Promise<Outcome> => {
      const engine = await openEngine();
      return forEachArgument(args, async (name) => {
        try {
          await remove(engine, name, { force });
        } catch (error) {
          const isMissing = error instanceof EngineError && error.code === missing;
          if (!isMissing || !force) throw error;
        }
        return `${sanitizeLine(name)}\n`;
      });
    },
  });
}
