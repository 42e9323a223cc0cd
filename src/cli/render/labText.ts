import { shellQuoted } from "../../base/index.ts";
import { type Lab, type LabStart, type LabSummary, type Labs, labWords, type Verdict } from "../../lab/index.ts";
import type { Language } from "../../messages/index.ts";
import { formatList } from "./listFormat.ts";
import { sanitizeLine } from "./sanitize.ts";
import { wrapText } from "./wrapText.ts";

/** What `lab list` prints. */
export function labList(labs: readonly LabSummary[], language: Language, format?: string): Promise<string> {
  const words = labWords[language];
  const { number, id, title, state } = words.headings;
  const headings = new Map([
    ["Lab", number],
    ["Name", id],
    ["State", state],
    ["About", title],
  ]);
  const rows = labs.map(
    (summary) =>
      new Map([
        ["Lab", String(summary.lab.number)],
        ["Name", summary.lab.id],
        ["State", stateOf(summary, language)],
        ["About", summary.lab.title[language]],
      ]),
  );
  return formatList(rows, { headings, columns: ["Lab", "Name", "About", "State"] }, format);
}

function stateOf({ isStarted, missing }: LabSummary, language: Language): string {
  const words = labWords[language];
  if (missing.length > 0) return words.needs(missing.join(", "));
  return isStarted ? words.started : "";
}

/** What `lab start` prints. */
export function labIntroduction(lab: Lab, start: LabStart, language: Language): string {
  const words = labWords[language];
  const flags = lab.fault.kind === "flags" ? [words.broken(quoteWords(lab.fault.broken.words))] : [];
  return paragraphs([
    `${words.lab} ${lab.number} (${lab.id}): ${lab.title[language]}`,
    lab.story[language],
    `${words.task}: ${lab.task[language]}`,
    [startText(start, words.runs, language), ...flags].join("\n"),
    words
      .next(lab.number)
      .map(([sentence, command]) => `  ${command.padEnd(24)}# ${sentence}`)
      .join("\n"),
  ]);
}

/** How a start went, after `first` when it went well. */
export function startText({ failure }: LabStart, first: string, language: Language): string {
  return failure === undefined ? first : labWords[language].failed(sanitizeLine(failure));
}

export function hintText(lab: Lab, { text, number }: ReturnType<Labs["hint"]>, language: Language): string {
  return paragraphs([`${labWords[language].hint(number, lab.hints.length)}: ${text[language]}`]);
}

export function verdictText(lab: Lab, { passed, evidence }: Verdict, language: Language): string {
  const words = labWords[language];
  const sentence = sanitizeLine(evidence[language]);
  return paragraphs([`${words.lab} ${lab.number}: ${passed ? words.passed : words.notYet}. ${sentence}`]);
}

/** What `lab solve` prints: the command that it stands for, and the explanation. */
export function solutionText(lab: Lab, start: LabStart, language: Language): string {
  const words = labWords[language];
  const answer = lab.fault.kind === "steps" ? lab.fault.answer : lab.fault.answer.words;
  return paragraphs([
    words.answer(`brig lab fix ${lab.number} ${quoteWords(answer)}`.trimEnd()),
    lab.solution[language],
    startText(start, words.runsAgain, language),
  ]);
}

/** Words as they would be written for a shell. */
function quoteWords(words: readonly string[]): string {
  return words.map(shellQuoted).join(" ");
}

function paragraphs(texts: readonly string[]): string {
  return `${texts.map((text) => wrapText(text)).join("\n\n")}\n`;
}
