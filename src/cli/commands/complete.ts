import { defineCommand } from "../command.ts";
import { type Candidate, type Completion, completeWords } from "../completion/completeWords.ts";
import { namesOf } from "../completion/names.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { readSettings } from "../globalFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";

/** What the scripts of `completion` ask. It fails silently: a shell has no place for a message. */
export const completeCommand = defineCommand<Help>({
  usage: "WORD...",
  arguments: "any",
  stopsAtArgument: true,
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args, context, globals }): Promise<Outcome> => {
    const partial = args.at(-1) ?? "";
    const completion = await completeWords(args);
    const { prefix, place } = completion;
    const all = [
      ...completion.candidates,
      ...place.words.map((word) => ({ word, text: "" })),
      ...(await names({ ...completion, globals: { ...globals, ...completion.globals } }, context)),
    ];
    const fitting = all
      .map(({ word, text }) => ({ word: `${prefix}${word}`, text }))
      .filter(({ word }) => word.startsWith(partial));
    const lines = [...new Map(fitting.map((candidate) => [candidate.word, candidate])).values()].map(
      ({ word, text }) => `${sanitizeLine(word)}\t${sanitizeLine(text)}`,
    );
    return { output: [...lines, ...directives(completion)].map((line) => `${line}\n`).join("") };
  },
});

async function names({ place, command, globals }: Completion, context: CommandContext): Promise<readonly Candidate[]> {
  const kinds = place.kinds.filter((kind) => !["file", "directory", "command"].includes(kind));
  if (kinds.length === 0) return [];
  try {
    const engine = await context.createEngine(await readSettings(globals, context));
    return (await Promise.all(kinds.map((kind) => namesOf(kind, command, engine)))).flat();
  } catch {
    return []; // nothing there, no right to look, a configuration that cannot be used: nothing to offer
  }
}

function directives({ place: { kinds } }: Completion): readonly string[] {
  return [
    ...(kinds.includes("containerPath") ? [":nospace"] : []),
    ...(kinds.includes("file") ? [":files"] : []),
    ...(kinds.includes("directory") ? [":directories"] : []),
  ];
}
