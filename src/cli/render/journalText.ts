import type { ContainerJournal, JournalCall } from "../../container/index.ts";
import { formatTable } from "./columns.ts";
import { sanitizeLine } from "./sanitize.ts";

/** The journal of a start as a table: a line for each call, and what each process took of the time. */
export function journalTable(journal: ContainerJournal): string {
  const rows = journal.calls.map((call, index) => [
    String(index + 1),
    call.process,
    call.step,
    `${micros(call.startNs)}`,
    `${micros(call.tookNs)}`,
    sanitizeLine(`${callText(call)}  # ${call.why}`),
  ]);
  const table = formatTable([["#", "PROCESS", "STEP", "START", "TOOK", "CALL"], ...rows], 0);
  return `${sanitizeLine(`${journal.name}  ${headline(journal)}`)}\n\n${table}\n${summary(journal)}\n`;
}

/** The same as Markdown, with a section for each process. */
export function journalMarkdown(journal: ContainerJournal): string {
  const numbered = journal.calls.map((call, index) => ({ ...call, number: index + 1 }));
  const sections = processesOf(journal).flatMap((process) => [
    `## ${process}`,
    "",
    "| # | step | call | start | took | why |",
    "|---:|---|---|---:|---:|---|",
    ...numbered.filter((call) => call.process === process).map(markdownRow),
    "",
  ]);
  const head = [`# How ${escapeMarkdown(journal.name)} was started`, "", headline(journal), ""];
  return [...head, ...sections, summary(journal)].map((line) => `${sanitizeLine(line)}\n`).join("");
}

function markdownRow(call: JournalCall & { readonly number: number }): string {
  const cells = [String(call.number), escapeMarkdown(call.step), codeSpan(callText(call))];
  return `| ${[...cells, micros(call.startNs), micros(call.tookNs), escapeMarkdown(call.why)].join(" | ")} |`;
}

function callText({ call, args, result, errno }: JournalCall): string {
  return `${call}(${args}) = ${errno === undefined ? result : `-1 ${errno}`}`;
}

function headline({ id, outcome, time }: ContainerJournal): string {
  return `${id.slice(0, 12)}, ${outcome === "started" ? "started" : "failed to start"} at ${time}`;
}

/** Processes work side by side: what they took together can be more than the time that passed. */
function summary(journal: ContainerJournal): string {
  const { calls, dropped } = journal;
  const end = calls.reduce((latest, { startNs, tookNs }) => Math.max(latest, startNs + tookNs), 0);
  const parts = processesOf(journal).map((process) => {
    const own = calls.filter((call) => call.process === process);
    return `${process} ${own.length} calls ${millis(own.reduce((sum, { tookNs }) => sum + tookNs, 0))}`;
  });
  const cut = dropped === 0 ? "" : `, ${dropped} more were not kept`;
  return `${calls.length} calls within ${millis(end)}: ${parts.join(", ")}${cut}`;
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
