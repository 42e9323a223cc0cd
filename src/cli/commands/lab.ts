import { defineCommand, type LoadedCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, inspectFormatFlag } from "../flags/sharedFlags.ts";
import { hintText, labIntroduction, labList, solutionText, verdictText } from "../render/labText.ts";
import { type OpenedLab, openAll, openLab, relayed, relaySetUp, shellEnvironment } from "./labMachine.ts";

/** A command about one lab, with what it does once it is on the machine where that can be done. */
function aboutLab<Draft extends Help>(
  flags: readonly Flag<Draft>[],
  {
    reach,
    act,
  }: { readonly reach: typeof relayed; readonly act: (opened: OpenedLab, draft: Draft) => Promise<Outcome> },
): LoadedCommand {
  return defineCommand<Draft>({
    usage: "[OPTIONS] LAB",
    arguments: { exactly: 1 },
    flags: [...flags, helpFlag],
    begin: () => ({}) as Draft, // every member of these drafts may be absent
    execute: async (call) => {
      const opened = await openLab(call);
      return (await reach(opened, call)) ?? act(opened, call.draft);
    },
  });
}

const here: typeof relayed = async () => undefined;

export const labListCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [formatFlag, helpFlag],
  begin: () => ({}),
  execute: async (call): Promise<Outcome> => {
    const { labs, language } = await openAll(call);
    return { output: await labList(labs.list(), language, call.draft.format) };
  },
});

export const labStartCommand = aboutLab<Help>([], {
  reach: relaySetUp,
  act: async ({ labs, lab, language }) => ({ output: labIntroduction(lab, await labs.setUp(lab), language) }),
});

export const labHintCommand = aboutLab<Help>([], {
  reach: here,
  act: async ({ labs, lab, language }) => ({ output: hintText(lab, labs.hint(lab), language) }),
});

/** Ends with 1 while the fault is there. */
export const labCheckCommand = aboutLab<FormatDraft>([inspectFormatFlag], {
  reach: relayed,
  act: async ({ labs, lab, language }, { format }) => {
    const verdict = await labs.check(lab);
    const exitStatus = verdict.passed ? 0 : 1;
    if (format === undefined) return { output: verdictText(lab, verdict, language), exitStatus };
    const { formatDocument } = await import("../render/document.ts");
    const document = { Lab: lab.number, Name: lab.id, Passed: verdict.passed, Evidence: verdict.evidence[language] };
    return { output: formatDocument(document, format), exitStatus };
  },
});

export const labSolveCommand = aboutLab<Help>([], {
  reach: relayed,
  act: async ({ labs, lab, language }) => ({ output: solutionText(lab, await labs.solve(lab), language) }),
});

/** Puts away one lab or more. */
export const labStopCommand = defineCommand<Help>({
  usage: "LAB [LAB...]",
  arguments: { atLeast: 1 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async (call): Promise<Outcome> => {
    const { labWords } = await import("../../lab/index.ts");
    const gone: string[] = [];
    for (const word of call.args) {
      const { labs, lab, language } = await openLab(call, word);
      await labs.end(lab);
      gone.push(`${labWords[language].gone(lab.number)}\n`);
    }
    return { output: gone.join("") };
  },
});

/** A shell on the lab's machine, or one command there; `brig` works with the containers of the lab in it. */
export const labShellCommand = defineCommand<Help>({
  usage: "LAB [COMMAND] [ARG...]",
  arguments: { atLeast: 1 },
  stopsAtArgument: true,
  flags: [helpFlag],
  begin: () => ({}),
  execute: async (call): Promise<Outcome> => {
    const opened = await openLab(call);
    const { env, cwd } = call.context;
    const command = call.args.slice(1);
    const argv = command.length > 0 ? command : [env.SHELL ?? "/bin/sh"];
    const environment = shellEnvironment(opened, call.context);
    return { exitStatus: await opened.labs.relay(opened.lab, { argv, env: environment, cwd }) };
  },
});
