import { writeOutputFile } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { beginRunDraft, type RunDraft } from "../flags/runDraft.ts";
import { runFlags } from "../flags/runFlags.ts";
import { textInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { finishRunRequest } from "../runRequest.ts";

interface UnrollDraft extends RunDraft {
  output?: string;
}

const outputFlag: Flag<UnrollDraft> = {
  long: "output",
  short: "o",
  value: "file",
  text: "write the script there, for its owner alone to read",
  read: textInto<UnrollDraft>("output"),
};

/** Takes every flag of `run` and does nothing of it. */
export const unrollRunCommand = defineCommand<UnrollDraft>({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arguments: { atLeast: 1 },
  stopsAtArgument: true,
  runsPayload: true,
  flags: [outputFlag, ...runFlags],
  begin: beginRunDraft,
  execute: async ({ draft, args, context, openEngine }): Promise<Outcome> => {
    const options = finishRunRequest(draft, args);
    const title = `brig run ... ${args.join(" ")}`;
    const { script, notices } = await (await openEngine()).unroll({ options, title });
    for (const notice of notices) context.stderr.write(`WARNING: ${sanitizeLine(notice)}\n`);
    if (draft.output === undefined || draft.output === "-") return { output: script };
    await writeOutputFile(draft.output, bytesOf(script), context.cwd);
    return {};
  },
});

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
