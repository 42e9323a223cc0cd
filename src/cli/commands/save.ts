import { parsePlatform } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, textInto } from "../flags/sharedFlags.ts";
import { writeArchive } from "./archiveOutput.ts";

interface SaveDraft extends Help {
  output?: string;
  platform?: Platform;
}

const flags: readonly Flag<SaveDraft>[] = [
  helpFlag,
  {
    long: "output",
    short: "o",
    value: "string",
    text: "write to a file instead of stdout",
    read: textInto<SaveDraft>("output"),
  },
  {
    long: "platform",
    value: "string",
    text: "save only images for this platform (os/arch[/variant])",
    read: (draft, text) => {
      draft.platform = parsePlatform(text);
    },
  },
];

export const saveCommand = defineCommand<SaveDraft>({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arguments: { atLeast: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft: { output = "", platform }, args, context, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    const archive = engine.saveImages({ references: args, ...(platform === undefined ? {} : { platform }) });
    await writeArchive({ archive, output }, context);
    return {};
  },
});
