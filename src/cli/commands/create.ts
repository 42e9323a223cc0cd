import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { beginRunDraft, type RunDraft } from "../flags/runDraft.ts";
import { runFlags } from "../flags/runFlags.ts";
import { showImplicitPull } from "../render/implicitPull.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { finishRunRequest } from "../runRequest.ts";

/** Flags of `run` that mean nothing before a container is started. */
const onlyRun = new Set(["detach", "detach-keys", "sig-proxy", "explain", "step", "break"]);

export const createCommand = defineCommand<RunDraft>({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arguments: { atLeast: 1 },
  stopsAtArgument: true,
  runsPayload: true,
  flags: runFlags.filter(({ long }) => !onlyRun.has(long)),
  begin: beginRunDraft,
  execute: async ({ draft, args, context, openEngine }): Promise<Outcome> => {
    const options = finishRunRequest(draft, args);
    const engine = await openEngine();
    const pull = draft.quiet === true ? undefined : showImplicitPull(context, options);
    const created = await engine
      .create(options, {
        ...(pull === undefined ? {} : { onPull: pull.show }),
        onNotice: (notice) => context.stderr.write(`WARNING: ${sanitizeLine(notice)}\n`),
      })
      .finally(() => pull?.settled());
    return { output: `${created.id}\n` };
  },
});
