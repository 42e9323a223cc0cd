import { EngineError } from "../../base/index.ts";
import type { ContainerPosture } from "../../container/index.ts";
import type { Language } from "../../messages/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";
import { languageOf } from "../globalFlags.ts";
import { formatChecks } from "../render/hostText.ts";

interface DoctorDraft extends FormatDraft {
  posture?: string;
  all?: boolean;
}

/** Ends with 1 when something is missing that every container needs, or a container may do what Docker's default denies. */
export const doctorCommand = defineCommand<DoctorDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [
    {
      long: "all",
      short: "a",
      text: "with --posture, show what is the same, too",
      read: switchInto<DoctorDraft>("all"),
    },
    { ...formatFlag, text: '"json" or a Go template for each check' },
    {
      long: "posture",
      value: "container",
      text: "compare what a running container may do with Docker's defaults",
      read: textInto<DoctorDraft>("posture"),
    },
    helpFlag,
  ],
  begin: () => ({}),
  execute: async ({ draft, context, globals, openEngine }): Promise<Outcome> => {
    const { format = "", posture, all } = draft;
    if (posture !== undefined) {
      const found = await (await openEngine()).containerPosture(posture);
      return showPosture(found, { format, all: all === true, language: languageOf(globals, context) });
    }
    if (all !== undefined) {
      throw new EngineError("usage", "conflicting options: --all without --posture", {
        hint: "--posture CONTAINER has rows to leave out; every check of the host is shown",
      });
    }
    const checks = await (await openEngine()).doctor();
    const exitStatus = checks.some(({ status }) => status === "fail") ? 1 : 0;
    if (format === "" || format === "table") return { output: formatChecks(checks), exitStatus };
    const { formatDocument } = await import("../render/document.ts");
    return { output: checks.map((check) => formatDocument(check, format)).join(""), exitStatus };
  },
});

interface ShownPosture {
  readonly format: string;
  readonly all: boolean;
  readonly language: Language;
}

async function showPosture(posture: ContainerPosture, { format, all, language }: ShownPosture): Promise<Outcome> {
  const exitStatus = posture.looser > 0 ? 1 : 0;
  if (format === "" || format === "table") {
    const { postureText } = await import("../render/postureText.ts");
    const rows = posture.rows.filter(({ verdict }) => all || verdict !== "equal");
    const { loadMessages, loadPostureFacts } = await import("../../messages/index.ts");
    const spoken = { words: await loadMessages("posture", language), say: await loadPostureFacts(language) };
    return { output: postureText({ ...posture, rows }, spoken), exitStatus };
  }
  const { formatDocument } = await import("../render/document.ts");
  return { output: formatDocument(posture, format), exitStatus };
}
