import type { RunOptions } from "../../container/index.ts";
import type { Engine } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import { beginRunDraft, type RunDraft } from "../flags/runDraft.ts";
import { runFlags } from "../flags/runFlags.ts";
import { showImplicitPull } from "../render/implicitPull.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { formatStep } from "../render/steps.ts";
import { finishRunRequest } from "../runRequest.ts";
import { requireTerminal } from "../terminal.ts";

export const runCommand = defineCommand<RunDraft>({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arguments: { atLeast: 1 },
  stopsAtArgument: true,
  runsPayload: true,
  flags: runFlags,
  begin: beginRunDraft,
  execute: async ({ draft, args, context, openEngine }): Promise<Outcome> => {
    const options = await finishRunRequest(draft, args);
    if (draft.detach !== true) requireTerminal(options, context.stdin);
    const { stdin, stdout, stderr } = context;
    const streams = {
      stdin: stdin.fd,
      stdout: stdout.fd,
      stderr: stderr.fd,
      tty: stdin.isTty,
      signals: context.takeSignals(),
    };
    const engine = await openEngine();
    if (draft.detach === true) return runInBackground(draft, options, { context, engine });
    const pull = draft.quiet === true ? undefined : showImplicitPull(context, options);
    const run = engine.run(options, streams, {
      ...(pull === undefined ? {} : { onPull: pull.show }),
      onNotice: (notice) => stderr.write(`WARNING: ${sanitizeLine(notice)}\n`),
      ...(draft.explain === true ? { onStep: (step) => stderr.write(`${formatStep(step)}\n`) } : {}),
    });
    const report = await run.finally(() => pull?.settled());
    return { exitStatus: report.exitCode };
  },
});

/** `-d`: prints the id once the process runs; until then the talk is as in the foreground. */
async function runInBackground(
  draft: RunDraft,
  options: RunOptions,
  { context, engine }: { readonly context: CommandContext; readonly engine: Engine },
): Promise<Outcome> {
  const pull = draft.quiet === true ? undefined : showImplicitPull(context, options);
  const started = await engine
    .runDetached(options, {
      ...(pull === undefined ? {} : { onPull: pull.show }),
      onNotice: (notice) => context.stderr.write(`WARNING: ${sanitizeLine(notice)}\n`),
      ...(draft.explain === true ? { onStep: (step) => context.stderr.write(`${formatStep(step)}\n`) } : {}),
    })
    .finally(() => pull?.settled());
  return { output: `${started.id}\n` };
}
