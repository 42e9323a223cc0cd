import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type DetachDraft, detachKeysFlag } from "../flags/detachKeysFlag.ts";
import type { Flag } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { outcomeOf } from "./attachOutcome.ts";

interface AttachDraft extends DetachDraft {
  noStdin?: boolean;
  sigProxy?: boolean;
}

const flags: readonly Flag<AttachDraft>[] = [
  detachKeysFlag,
  helpFlag,
  { long: "no-stdin", text: "leave stdin to the caller", read: switchInto<AttachDraft>("noStdin") },
  {
    long: "sig-proxy",
    text: "pass signals on to a process without a terminal",
    fallback: "true",
    read: switchInto<AttachDraft>("sigProxy"),
  },
];

export const attachCommand = defineCommand<AttachDraft>({
  usage: "[OPTIONS] CONTAINER",
  arguments: { exactly: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft, args: [nameOrId = ""], context, openEngine }): Promise<Outcome> => {
    const { detachKeys, noStdin = false, sigProxy = true } = draft;
    const { stdin, stdout, stderr, signal } = context;
    const engine = await openEngine();
    const report = await engine.attach({
      nameOrId,
      ...(detachKeys === undefined ? {} : { detachKeys }),
      sigProxy,
      streams: {
        ...(noStdin ? {} : { stdin: stdin.fd }),
        stdout,
        stderr,
        tty: stdin.isTty,
        size: () => ({ rows: stdout.rows(), columns: stdout.columns() }),
        // Without a terminal and without passing them on, signals end brig as they end any program.
        ...(sigProxy || stdin.isTty ? { signals: context.takeSignals() } : {}),
        signal,
      },
    });
    return outcomeOf(report, context);
  },
});
