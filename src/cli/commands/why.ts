import { EngineError } from "../../base/index.ts";
import type { ContainerExplanation, Explanation, PortExplanation } from "../../container/index.ts";
import type { Engine } from "../../engine.ts";
import { loadMessages, type Messages } from "../../messages/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag } from "../flags/sharedFlags.ts";
import { languageOf } from "../globalFlags.ts";
import { formatDocument } from "../render/document.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument } from "./eachArgument.ts";
import { parsePortWord } from "./portWords.ts";

export const whyCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS] CONTAINER... | port PORT... | image IMAGE... | mount PATH CONTAINER | space",
  arguments: { atLeast: 1 },
  flags: [inspectFormatFlag, helpFlag],
  begin: () => ({}),
  execute: async ({ draft: { format }, args, context, globals, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    const told: Told = { format, words: await loadMessages("why", languageOf(globals, context)) };
    const [first, ...words] = args;
    // A container with such a name is told from the word by standing alone; one called "space" has an id.
    if (first === "port" && words.length > 0) return explainPorts(engine, words, told);
    if (first === "image" && words.length > 0)
      return forEachArgument(words, async (name) => show(await engine.whyImage(name), told));
    if (first === "mount" && words.length > 0) return explainMount(engine, words, told);
    if (first === "space" && words.length === 0) return { output: show(await engine.whySpace(), told) };
    return forEachArgument(args, async (name) => {
      const explanation = await engine.explainContainer(name);
      return format === undefined ? describe(explanation, told) : formatDocument(documentOf(explanation), format);
    });
  },
});

/** How answers are told. */
interface Told {
  readonly format: string | undefined;
  readonly words: Messages["why"];
}

async function explainMount(engine: Engine, words: readonly string[], told: Told): Promise<Outcome> {
  const [path, container, ...more] = words;
  if (path === undefined || container === undefined || more.length > 0) {
    throw new EngineError("usage", "why mount takes a path and a container", { hint: "brig why mount /etc/hosts web" });
  }
  return { output: show(await engine.whyMount({ path, container }), told) };
}

function show(explanation: Explanation, told: Told): string {
  if (told.format === undefined) return describe(explanation, told);
  const { name, why, more, hint = "" } = explanation;
  return formatDocument({ Name: name, Why: why, More: more, Hint: hint }, told.format);
}

/** Who answers at ports of the host. */
function explainPorts(engine: Engine, words: readonly string[], told: Told): Promise<Outcome> {
  return forEachArgument(words, async (word) => {
    const explanations = await engine.explainPort(parsePortWord(word));
    return explanations.map((one) => showPort(one, told)).join("");
  });
}

function showPort(explanation: PortExplanation, told: Told): string {
  if (told.format !== undefined) return formatDocument(explanation, told.format);
  const { port, protocol, ...rest } = explanation;
  return describe({ name: told.words.port.name({ port: `${port}/${protocol}` }), ...rest }, told);
}

type Sentences = Pick<ContainerExplanation, "name" | "why" | "more" | "hint">;

function describe({ name, why, more, hint }: Sentences, { words }: Told): string {
  const lines = [`${name}: ${why}`, ...more.map((sentence) => `  ${sentence}`)];
  const hints = hint === undefined ? [] : [`  ${words.hint({ text: hint })}`];
  return [...lines, ...hints].map((line) => `${sanitizeLine(line)}\n`).join("");
}

function documentOf({ id, name, status, why, more, hint = "" }: ContainerExplanation): object {
  return { ID: id, Name: name, State: status, Why: why, More: more, Hint: hint };
}
