import { eventFilterNames } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { parseFilter } from "../flags/filter.ts";
import type { Flag } from "../flags/flag.ts";
import { formatFlag, helpFlag } from "../flags/sharedFlags.ts";
import { type SpanDraft, spanFlags } from "../flags/timeFlags.ts";
import { interruptedStatus } from "../interruption.ts";
import { eventFormatter } from "../render/eventText.ts";

interface EventsDraft extends SpanDraft {
  format?: string;
  readonly filters: Map<string, string[]>;
}

const [sinceFlag, untilFlag] = spanFlags("events");

const flags: readonly Flag<EventsDraft>[] = [
  {
    long: "filter",
    short: "f",
    value: "filter",
    repeatable: true,
    text: `show only what fits (${eventFilterNames.map((name) => `${name}=`).join(", ")})`,
    read: ({ filters }, text) => {
      const { name, value } = parseFilter(text, eventFilterNames);
      filters.set(name, [...(filters.get(name) ?? []), value]);
    },
  },
  { ...formatFlag, text: '"json" or a Go template for each event' },
  helpFlag,
  sinceFlag,
  untilFlag,
];

export const eventsCommand = defineCommand<EventsDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags,
  begin: ({ now }) => ({ now, filters: new Map() }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    const { since, until, filters, format } = draft;
    const show = eventFormatter(format);
    const span = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
    const engine = await openEngine();
    for await (const event of engine.events({ ...span, filters, signal: context.signal })) {
      await context.stdout.pour(Buffer.from(show(event)));
    }
    return interruptedStatus(context);
  },
});
