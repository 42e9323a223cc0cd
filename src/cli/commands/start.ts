import { EngineError } from "../../base/index.ts";
import type { AttachReport } from "../../container/index.ts";
import type { Engine } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import { type DetachDraft, detachKeysFlag } from "../flags/detachKeysFlag.ts";
import type { Flag } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { outcomeOf } from "./attachOutcome.ts";
import { forEachArgument } from "./eachArgument.ts";

interface StartDraft extends DetachDraft {
  attach?: boolean;
  interactive?: boolean;
  sigProxy?: boolean;
}

const flags: readonly Flag<StartDraft>[] = [
  {
    long: "attach",
    short: "a",
    text: "attach stdout and stderr, and pass signals on",
    read: switchInto<StartDraft>("attach"),
  },
  detachKeysFlag,
  helpFlag,
  { long: "interactive", short: "i", text: "attach stdin too", read: switchInto<StartDraft>("interactive") },
  {
    long: "sig-proxy",
    text: "pass signals on to the process when attached",
    fallback: "true",
    read: switchInto<StartDraft>("sigProxy"),
  },
];

export const startCommand = defineCommand<StartDraft>({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arguments: { atLeast: 1 },
  runsPayload: true,
  flags,
  begin: () => ({}),
  execute: async ({ draft, args, context, openEngine }): Promise<Outcome> => {
    const attached = draft.attach === true || draft.interactive === true;
    if (attached && args.length > 1) {
      throw new EngineError("usage", "you cannot start and attach multiple containers at once", {
        hint: "start them without -a and -i, then attach to one",
        details: { exitStatus: 1 },
      });
    }
    const engine = await openEngine();
    if (attached) return outcomeOf(await startAttached(args[0] ?? "", { draft, context, engine }), context);
    return forEachArgument(args, async (nameOrId) => {
      await engine.start(nameOrId);
      return `${sanitizeLine(nameOrId)}\n`;
    });
  },
});

interface Call {
  readonly draft: StartDraft;
  readonly context: CommandContext;
  readonly engine: Engine;
}

function startAttached(nameOrId: string, { draft, context, engine }: Call): Promise<AttachReport> {
  const { interactive = false, detachKeys, sigProxy = true } = draft;
  const { stdin, stdout, stderr, signal } = context;
  const signals = sigProxy ? { signals: context.takeSignals() } : {};
  return engine.startAttached({
    nameOrId,
    interactive,
    ...(detachKeys === undefined ? {} : { detachKeys }),
    sigProxy,
    streams: { stdin: stdin.fd, stdout: stdout.fd, stderr: stderr.fd, tty: stdin.isTty, ...signals, signal },
    attach: {
      stdin: stdin.fd,
      stdout,
      stderr,
      tty: stdin.isTty,
      size: () => ({ rows: stdout.rows(), columns: stdout.columns() }),
      ...signals,
      signal,
    },
  });
}
