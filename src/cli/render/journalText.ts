import type { ContainerJournal, JournalCall } from "../../container/index.ts";
import type { Messages, SayReason } from "../../messages/index.ts";
import { formatTable } from "./columns.ts";
import { sanitizeLine } from "./sanitize.ts";

/** What a journal is told with. */
export interface JournalLanguage {
  readonly words: Messages["journal"];
  readonly say: SayReason;
}

/** The journal of a start as a table: a line for each call, and what each process took of the time. */
export function journalTable(journal: ContainerJournal, { words, say }: JournalLanguage): string {
  const rows = journal.calls.map((call, index) => [
    String(index + 1),
    call.process,
    call.step,
    `${micros(call.startNs)}`,
    `${micros(call.tookNs)}`,
    sanitizeLine(`${callText(call)}  # ${say(call.why)}`),
  ]);
  const { process, step, start, took, call } = words.columns;
  const table = formatTable([["#", process, step, start, took, call], ...rows], 0);
  return `${sanitizeLine(`${journal.name}  ${headline(journal, words)}`)}\n\n${table}\n${summary(journal, words)}\n`;
}

/** The same as Markdown, with a section for each process. */
export function journalMarkdown(journal: ContainerJournal, { words, say }: JournalLanguage): string {
  const { step, call: heading, start, took, why, title } = words.markdown;
  const numbered = journal.calls.map((call, index) => ({ ...call, why: say(call.why), number: index + 1 }));
  const sections = processesOf(journal).flatMap((process) => [
    `## ${process}`,
    "",
    `| # | ${[step, heading, start, took, why].join(" | ")} |`,
    "|---:|---|---|---:|---:|---|",
    ...numbered.filter((call) => call.process === process).map(markdownRow),
    "",
  ]);
  const head = [`# ${title({ name: escapeMarkdown(journal.name) })}`, "", headline(journal, words), ""];
  return [...head, ...sections, summary(journal, words)].map((line) => `${sanitizeLine(line)}\n`).join("");
}

function markdownRow(call: JournalCall & { readonly number: number }): string {
  const cells = [String(call.number), escapeMarkdown(call.step), codeSpan(callText(call))];
  return `| ${[...cells, micros(call.startNs), micros(call.tookNs), escapeMarkdown(call.why)].join(" | ")} |`;
}

function callText({ call, args, result, errno }: JournalCall): string {
  return `${call}(${args}) = ${errno === undefined ? result : `-1 ${errno}`}`;
}

function headline({ id, outcome, time, restarts }: ContainerJournal, words: Messages["journal"]): string {
  const text = words[outcome]({ id: id.slice(0, 12), time });
  return restarts === 0 ? text : `${text}; ${words.repeated({ count: restarts })}`;
}

/** Processes work side by side: what they took together can be more than the time that passed. */
function summary(journal: ContainerJournal, words: Messages["journal"]): string {
  const { calls, dropped, waitedNs = 0 } = journal;
  const end = calls.reduce((latest, { startNs, tookNs }) => Math.max(latest, startNs + tookNs), 0);
  const made = calls.filter(({ call }) => call !== "pause");
  const processes = processesOf(journal).map((process) => {
    const own = made.filter((call) => call.process === process);
    return words.process({
      process,
      calls: own.length,
      time: millis(own.reduce((sum, call) => sum + workedNs(call), 0)),
    });
  });
  const values = { calls: made.length, time: millis(end - waitedNs), processes: processes.join(", "), dropped };
  const text = dropped === 0 ? words.summary(values) : words.cutSummary(values);
  const stops = calls.length - made.length;
  return stops === 0 ? text : `${text}; ${words.stood({ stops, time: millis(waitedNs) })}`;
}

function workedNs({ tookNs, waitedNs = 0 }: JournalCall): number {
  return tookNs - waitedNs;
}

function processesOf({ calls }: ContainerJournal): readonly string[] {
  return [...new Set(calls.map(({ process }) => process))];
}

function micros(nanoseconds: number): string {
  return `${(nanoseconds / 1000).toFixed(1)}us`;
}

function millis(nanoseconds: number): string {
  return `${(nanoseconds / 1_000_000).toFixed(2)}ms`;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, "\\$&");
}

/** A run of backquotes longer than any in the text; a bar would end the cell. */
function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const pad = longest === 0 ? "" : " ";
  return `${fence}${pad}${text.replaceAll("|", "\\|")}${pad}${fence}`;
}
