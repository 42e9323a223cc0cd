import { EngineError } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome, TextSink } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatList } from "../render/listFormat.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { liveStatsList, statsList, statsRow } from "../render/statsRows.ts";

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
    const live = stdout.isTty && draft.noStream !== true;
    let below = "";
    for await (const round of engine.stats({ containers: args, all: draft.all === true, signal })) {
      const warnings = round.notices.map((notice) => `WARNING: ${sanitizeLine(notice)}\n`).join("");
      below ||= warnings;
      if (!live) stderr.write(warnings);
      const rows = round.containers.map((stats) => statsRow(stats, { full }));
      const text = await formatList(rows, live ? liveStatsList : statsList, draft.format);
      if (draft.noStream === true) return { output: text };
      stdout.write(live ? redraw(`${text}${below}`, stdout) : text);
    }
    return { exitStatus: interruptedStatus(context) };
  },
});

/**
 * Over what is there, line by line, so that nothing flickers; what is left below it goes. What the terminal has no room
 * for at the moment is cut, because a line that wraps or scrolls would not be overwritten the next time.
 */
export function redraw(text: string, { columns, rows }: Pick<TextSink, "columns" | "rows">): string {
  const lines = text
    .trimEnd()
    .split("\n")
    .slice(0, Math.max(1, rows() - 1));
  return `\x1b[H${lines.map((line) => `${[...line].slice(0, columns()).join("")}\x1b[K\r\n`).join("")}\x1b[J`;
}

/** To be interrupted is how a live table ends. */
function interruptedStatus({ signal }: CommandContext): number {
  const status = signal.reason instanceof EngineError ? signal.reason.details.exitStatus : undefined;
  return typeof status === "number" ? status : 0;
}
