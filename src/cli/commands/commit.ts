import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { type ChangeDraft, changeFlag, helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";

interface CommitDraft extends ChangeDraft {
  author?: string;
  message?: string;
  pause?: boolean;
  noPause?: boolean;
}

const flags: readonly Flag<CommitDraft>[] = [
  { long: "author", short: "a", value: "string", text: "who made the image", read: textInto<CommitDraft>("author") },
  changeFlag,
  helpFlag,
  { long: "message", short: "m", value: "string", text: "what was changed", read: textInto<CommitDraft>("message") },
  { long: "no-pause", text: "let the container run meanwhile", read: switchInto<CommitDraft>("noPause") },
  {
    long: "pause",
    short: "p",
    text: "freeze the container meanwhile",
    fallback: "true",
    read: switchInto<CommitDraft>("pause"),
  },
];

export const commitCommand = defineCommand<CommitDraft>({
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  arguments: { from: 1, to: 2 },
  flags,
  begin: () => ({ changes: [] }),
  execute: async ({ draft, args: [nameOrId = "", reference], openEngine }): Promise<Outcome> => {
    const { author = "", message = "", pause = true, noPause = false, changes } = draft;
    const named = reference === undefined ? {} : { reference };
    const request = { nameOrId, author, message, changes, pause: pause && !noPause, ...named };
    return { output: `${await (await openEngine()).commit(request)}\n` };
  },
});
