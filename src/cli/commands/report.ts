import { EngineError, writeOutputFile } from "../../base/index.ts";
import { loadMessages, loadReasons } from "../../messages/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import { helpFlag, textInto } from "../flags/sharedFlags.ts";
import { type LanguageDraft, languageFlag, languageOf, readSettings } from "../globalFlags.ts";

interface ReportDraft extends LanguageDraft {
  output?: string;
}

export const reportCommand = defineCommand<ReportDraft>({
  usage: "[OPTIONS] CONTAINER",
  arguments: { exactly: 1 },
  flags: [
    helpFlag,
    languageFlag,
    {
      long: "output",
      short: "o",
      value: "file",
      text: "write the page there; - is stdout",
      read: textInto<ReportDraft>("output"),
    },
  ],
  begin: () => ({}),
  execute: async ({ draft, args: [nameOrId = ""], context, globals }): Promise<Outcome> => {
    const output = requirePlace(draft.output, context);
    const settings = { ...globals, ...(draft.lang === undefined ? {} : { lang: draft.lang }) };
    const language = languageOf(settings, context);
    const { gatherFacts, reportPage } = await import("../../report/index.ts");
    // The language was said to this command: the engine must say the same one.
    const engine = await context.createEngine(await readSettings(settings, context));
    const facts = await gatherFacts(nameOrId, engine, context.now());
    const [words, say] = [await loadMessages("report", language), await loadReasons(language)];
    const page = reportPage(facts, { language, words, say });
    if (output === "-") return { output: page };
    await writeOutputFile(output, pieces(page), context.cwd);
    return {};
  },
});

/** @throws EngineError `invalidValue` for an empty name, and when nobody said where and it would be a terminal. */
function requirePlace(output: string | undefined, { stdout }: CommandContext): string {
  if (output === undefined && !stdout.isTty) return "-";
  if (output !== undefined && output !== "") return output;
  throw new EngineError("invalidValue", "cannot write the report: no file is named", {
    hint: "write -o report.html, or -o - for stdout",
  });
}

async function* pieces(page: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(page);
}
