import { EngineError } from "../../base/index.ts";
import type { JournalVerification, RunObserver, RunOptions, RunStreams } from "../../container/index.ts";
import type { Engine } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import { beginRunDraft, type RunDraft } from "../flags/runDraft.ts";
import { runFlags } from "../flags/runFlags.ts";
import type { GlobalDraft } from "../globalFlags.ts";
import { interruptedStatus } from "../interruption.ts";
import { showImplicitPull } from "../render/implicitPull.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { showSteps } from "../render/steps.ts";
import { finishRunRequest } from "../runRequest.ts";
import { requireTerminal } from "../terminal.ts";

export const runCommand = defineCommand<RunDraft>({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arguments: { atLeast: 1 },
  stopsAtArgument: true,
  runsPayload: true,
  flags: runFlags,
  begin: beginRunDraft,
  execute: async ({ draft, args, context, globals, openEngine }): Promise<Outcome> => {
    const given = finishRunRequest(draft, args);
    if (draft.detach === true && given.attach !== undefined) throw attachAndDetach();
    const options: RunOptions = draft.detach === true ? { ...given, attach: [] } : given;
    if (draft.detach !== true) requireTerminal(options, context.stdin);
    const steps = draft.step === true || draft.breaks.length > 0;
    if (steps) requireCaller(draft, options);
    const call = { draft, options, context, globals, engine: await openEngine() };
    if (!showsOutput(options)) return runInBackground(call);
    const { stdin, stdout, stderr, signal } = context;
    const shown = (name: "stdout" | "stderr") => options.attach === undefined || options.attach.includes(name);
    const streams = {
      stdin: stdin.fd,
      stdout: shown("stdout") ? stdout.fd : ("ignore" as const),
      stderr: shown("stderr") ? stderr.fd : ("ignore" as const),
      tty: stdin.isTty,
      ...(draft.sigProxy === false ? {} : { signals: context.takeSignals() }),
      signal,
    };
    const { observer, settled, agreed } = await observe(call);
    const ending = steps ? runStepped(call, streams, observer) : call.engine.run(options, streams, observer);
    const report = await ending.finally(settled);
    await agreed();
    return signal.aborted ? interruptedStatus(context) : { exitStatus: report.exitCode };
  },
});

/** Loaded only for those that ask for it. */
async function runStepped({ draft, options, context, engine }: RunCall, streams: RunStreams, observer: RunObserver) {
  const { runInSteps } = await import("../step/runInSteps.ts");
  const { step: every = false, breaks, sigProxy = true } = draft;
  return runInSteps({ engine, options, streams, observer, context, every, breaks, sigProxy });
}

interface RunCall {
  readonly draft: RunDraft;
  readonly options: RunOptions;
  readonly context: CommandContext;
  readonly globals: GlobalDraft;
  readonly engine: Engine;
}

function showsOutput({ attach }: RunOptions): boolean {
  return attach === undefined || attach.includes("stdout") || attach.includes("stderr");
}

function attachAndDetach(): EngineError {
  return new EngineError("usage", "conflicting options: cannot specify both --attach and --detach", {
    hint: "leave out one of the two",
  });
}

/** Somebody must be there to say what happens at a stop; and a trace, which knows no stops, would not agree with them. */
function requireCaller({ detach, explain }: RunDraft, options: RunOptions): void {
  const other = detach === true ? "--detach" : explain === "verify" ? "--explain=verify" : undefined;
  if (other === undefined && showsOutput(options)) return;
  const shown = other ?? "--attach stdin alone";
  throw new EngineError("usage", `conflicting options: --step and --break cannot be combined with ${shown}`, {
    hint: `leave out ${shown}`,
  });
}

interface Observation {
  readonly observer: RunObserver;
  settled(): Promise<void>;
  /** @throws EngineError `journalFalse` when the launch was verified, and journal and kernel disagree. */
  agreed(): Promise<void>;
}

/** What is told until the process runs. */
async function observe(call: RunCall): Promise<Observation> {
  const { draft, options, context, globals } = call;
  const { stderr } = context;
  const pull = draft.quiet === true ? undefined : showImplicitPull(context, options);
  let verified: JournalVerification | undefined;
  return {
    observer: {
      ...(pull === undefined ? {} : { onPull: pull.show }),
      onNotice: (notice) => stderr.write(`WARNING: ${sanitizeLine(notice)}\n`),
      ...(draft.explain === true ? { onStep: await showSteps(globals, context) } : {}),
      ...(draft.explain === "verify" ? { onVerified: (verification) => (verified = verification) } : {}),
    },
    settled: async () => {
      await pull?.settled();
      if (verified === undefined) return;
      const { verificationText } = await import("../render/verificationText.ts");
      stderr.write(verificationText(verified));
    },
    agreed: async () => {
      if (verified === undefined) return;
      const { requireAgreement } = await import("../render/verificationText.ts");
      requireAgreement(verified);
    },
  };
}

/** `-d`, and `-a stdin` alone, which goes on until the caller's stdin has ended: prints the id, and the container stays. */
async function runInBackground(call: RunCall): Promise<Outcome> {
  const { options, context, engine } = call;
  const { observer, settled, agreed } = await observe(call);
  const { id } = await engine.runDetached(options, observer).finally(settled);
  await agreed();
  if (options.attach?.includes("stdin") === true && options.interactive === true) {
    const { stdin, stdout, signal } = context;
    const size = () => ({ rows: stdout.rows(), columns: stdout.columns() });
    const streams = { stdin: stdin.fd, tty: stdin.isTty, size, signal };
    await engine.attach({ nameOrId: id, sigProxy: false, streams }).catch(forgiveEnd);
  }
  return { output: `${id}\n` };
}

/** It may have ended, and with --rm be gone, without waiting for its input. */
function forgiveEnd(error: unknown): void {
  const ended = error instanceof EngineError && (error.code === "wrongState" || error.code === "containerNotFound");
  if (!ended) throw error;
}
