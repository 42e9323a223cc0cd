import { EngineError } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatList } from "../render/listFormat.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { statsList, statsRow } from "../render/statsRows.ts";

interface StatsDraft extends FormatDraft {
  all?: boolean;
  noStream?: boolean;
  noTrunc?: boolean;
}

const flags: readonly Flag<StatsDraft>[] = [
  { long: "all", short: "a", text: "show containers that are not running too", read: switchInto<StatsDraft>("all") },
  formatFlag,
  helpFlag,
  { long: "no-stream", text: "measure once and end", read: switchInto<StatsDraft>("noStream") },
  { long: "no-trunc", text: "show whole ids", read: switchInto<StatsDraft>("noTrunc") },
];

export const statsCommand = defineCommand<StatsDraft>({
  usage: "[OPTIONS] [CONTAINER...]",
  arguments: "any",
  flags,
  begin: () => ({}),
  execute: async ({ draft, args, context, openEngine }): Promise<Outcome> => {
    const { signal, stdout, stderr } = context;
    const engine = await openEngine();
    const full = draft.noTrunc === true;
    for await (const round of engine.stats({ containers: args, all: draft.all === true, signal })) {
      for (const notice of round.notices) stderr.write(`WARNING: ${sanitizeLine(notice)}\n`);
      const rows = round.containers.map((stats) => statsRow(stats, { full }));
      const text = await formatList(rows, statsList, draft.format);
      if (draft.noStream === true) return { output: text };
      stdout.write(stdout.isTty ? redraw(text) : text);
    }
    return { exitStatus: interruptedStatus(context) };
  },
});

/** Over what is there, line by line, so that nothing flickers; what is left below it goes. */
function redraw(text: string): string {
  return `\x1b[H${text.replaceAll("\n", "\x1b[K\n")}\x1b[J`;
}

/** To be interrupted is how a live table ends. */
function interruptedStatus({ signal }: CommandContext): number {
  const status = signal.reason instanceof EngineError ? signal.reason.details.exitStatus : undefined;
  return typeof status === "number" ? status : 0;
}
