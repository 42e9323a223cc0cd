import { EngineError } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument } from "./eachArgument.ts";

interface RmiDraft extends Help {
  force?: boolean;
  noPrune?: boolean;
}

const flags: readonly Flag<RmiDraft>[] = [
  {
    long: "force",
    short: "f",
    text: "remove also what stopped containers use; a missing image is no error",
    read: switchInto<RmiDraft>("force"),
  },
  helpFlag,
  { long: "no-prune", text: "keep untagged parents", read: switchInto<RmiDraft>("noPrune") },
  {
    long: "platform",
    value: "strings",
    repeatable: true,
    text: "remove one variant only",
    unsupported: "brig keeps one variant of each image",
  },
];

export const rmiCommand = defineCommand<RmiDraft>({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arguments: { atLeast: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft: { force = false, noPrune = false }, args, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    const result = await forEachArgument(args, async (reference) => {
      const { untagged, deleted } = await engine.removeImage(reference, { force, noPrune });
      const lines = [...untagged.map((name) => `Untagged: ${name}`), ...deleted.map((id) => `Deleted: ${id}`)];
      return lines.map((line) => `${sanitizeLine(line)}\n`).join("");
    });
    const forgiven = result.failures.every((error) => error instanceof EngineError && error.code === "imageNotFound");
    return force && forgiven ? { ...result, exitStatus: 0 } : result;
  },
});
