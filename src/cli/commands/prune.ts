import { defineCommand } from "../command.ts";
import { confirm } from "../confirm.ts";
import type { CommandContext, Outcome } from "../context.ts";
import { type ListFilter, parseFilter } from "../flags/filter.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatDeleted, formatPruned } from "../render/pruneText.ts";

export interface PruneDraft extends Help {
  force?: boolean;
  all?: boolean;
  readonly filters: ListFilter[];
}

/** `--filter`, `--force` and `--help` of a prune that knows the filters `known`. */
export function pruneFlags(known: readonly string[], example: string): readonly Flag<PruneDraft>[] {
  return [
    {
      long: "filter",
      value: "filter",
      repeatable: true,
      text: `remove only what fits (${example})`,
      read: (draft, text) => {
        draft.filters.push(parseFilter(text, known));
      },
    },
    { long: "force", short: "f", text: "do not ask", read: switchInto<PruneDraft>("force") },
    helpFlag,
  ];
}

export const pruneContainersCommand = defineCommand<PruneDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: pruneFlags(["label", "label!", "until"], "until=24h, label=KEY[=VALUE], label!=KEY"),
  begin: () => ({ filters: [] }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    if (!agreed(draft, "This will remove all stopped containers.", context)) return {};
    return { output: formatPruned("Containers", await (await openEngine()).pruneContainers(draft.filters)) };
  },
});

const allFlag: Flag<PruneDraft> = {
  long: "all",
  short: "a",
  text: "remove named volumes too, not only anonymous ones",
  read: switchInto<PruneDraft>("all"),
};

export const pruneVolumesCommand = defineCommand<PruneDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [allFlag, ...pruneFlags(["all", "label", "label!"], "label=KEY[=VALUE], label!=KEY")],
  begin: () => ({ filters: [] }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    const { all = false, filters } = draft;
    const which = all ? "all local" : "anonymous local";
    if (!agreed(draft, `This will remove ${which} volumes not used by at least one container.`, context)) return {};
    return { output: formatPruned("Volumes", await (await openEngine()).pruneVolumes({ all, filters })) };
  },
});

export const pruneNetworksCommand = defineCommand<PruneDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: pruneFlags(["label", "label!", "until"], "until=24h, label=KEY[=VALUE], label!=KEY"),
  begin: () => ({ filters: [] }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    if (!agreed(draft, "This will remove all custom networks not used by at least one container.", context)) return {};
    const { removed } = await (await openEngine()).pruneNetworks(draft.filters);
    return { output: formatDeleted("Networks", removed) };
  },
});

/** Asks Docker's question unless `--force` is among the flags. */
export function agreed({ force }: Pick<PruneDraft, "force">, question: string, context: CommandContext): boolean {
  return force === true || confirm(`WARNING! ${question}`, context);
}
