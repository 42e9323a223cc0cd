import type { ContainerExplanation } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag } from "../flags/sharedFlags.ts";
import { formatDocument } from "../render/document.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument } from "./eachArgument.ts";

export const whyCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arguments: { atLeast: 1 },
  flags: [inspectFormatFlag, helpFlag],
  begin: () => ({}),
  execute: async ({ draft: { format }, args, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    return forEachArgument(args, async (name) => {
      const explanation = await engine.explainContainer(name);
      return format === undefined ? describe(explanation) : formatDocument(documentOf(explanation), format);
    });
  },
});

function describe({ name, why, more, hint }: ContainerExplanation): string {
  const lines = [`${name}: ${why}`, ...more.map((sentence) => `  ${sentence}`)];
  const hints = hint === undefined ? [] : [`  hint: ${hint}`];
  return [...lines, ...hints].map((line) => `${sanitizeLine(line)}\n`).join("");
}

function documentOf({ id, name, status, why, more, hint = "" }: ContainerExplanation): object {
  return { ID: id, Name: name, State: status, Why: why, More: more, Hint: hint };
}
