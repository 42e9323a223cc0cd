import { EngineError, nearestWord } from "../../base/index.ts";
import { compareSnapshots, type LaunchStop, type SnapshotSection, type StopSnapshot } from "../../container/index.ts";
import { formatTable } from "../render/columns.ts";
import { changesText, snapshotText, stepText } from "./stopText.ts";

/** What a word at the prompt works on. */
export interface Prompt {
  readonly stop: LaunchStop;
  /** Of this process at the stop before. */
  readonly earlier: StopSnapshot | undefined;
  readonly say: (text: string) => void;
  /** Opens a shell, with the terminal's keys for it alone, or has one carry out a command. */
  readonly openShell: (command: string) => Promise<void>;
}

/** What follows: the same stop is asked about again, or the process goes on. */
export type Verdict = "stay" | "next" | "continue" | "skip" | "quit";

interface StopWord {
  readonly words: readonly string[];
  readonly text: string;
  readonly act: Verdict | ((prompt: Prompt, rest: string) => Promise<void> | void);
}

const show = (...sections: readonly SnapshotSection[]) => {
  return async ({ stop, say }: Prompt) => say(snapshotText(await stop.snapshot(), sections));
};

const stopWords: readonly StopWord[] = [
  { words: ["next", "n"], text: "go on to the next stop of any process", act: "next" },
  { words: ["continue", "c"], text: "go on to the next --break; without one, to the end", act: "continue" },
  { words: ["skip"], text: "go on without the next step of this process, and see what breaks", act: "skip" },
  { words: ["print", "p"], text: "the next step: its operation, its fields and why it is there", act: printStep },
  {
    words: ["sh"],
    text: "a shell among what exists so far; sh COMMAND for one command",
    act: ({ openShell }, rest) => openShell(rest),
  },
  { words: ["ns"], text: "namespaces and id maps of this process", act: show("namespaces", "process") },
  { words: ["mounts"], text: "what it sees mounted", act: show("mounts") },
  { words: ["caps"], text: "its capabilities, and the sets that each is in", act: show("capabilities") },
  { words: ["limits"], text: "its resource limits", act: show("limits") },
  { words: ["cgroup"], text: "the group that it is in, and the limits of the container's", act: show("cgroup") },
  { words: ["network"], text: "interfaces, addresses and routes where it is", act: show("network") },
  { words: ["diff"], text: "what has changed since this process stopped before", act: printChanges },
  { words: ["help", "h", "?"], text: "this list", act: ({ say }) => say(helpText()) },
  {
    words: ["quit", "q"],
    text: "give up and remove everything half-made; so do Ctrl-C and the end of the input",
    act: "quit",
  },
];

/** Carries out one line. Unknown words and what cannot be done here are told, and nothing follows. */
export async function obey(line: string, prompt: Prompt): Promise<Verdict> {
  const [word = "", ...others] = line.trim().split(/\s+/);
  if (word === "") return "stay";
  const known = stopWords.find(({ words }) => words.includes(word));
  if (known === undefined) {
    const near = nearestWord(
      word,
      stopWords.flatMap(({ words }) => words),
    );
    prompt.say(near === undefined ? "unknown word; help lists them\n" : `unknown word; did you mean "${near}"?\n`);
    return "stay";
  }
  if (others.length > 0 && word !== "sh") {
    prompt.say(`${word} takes nothing more\n`);
    return "stay";
  }
  if (typeof known.act === "string") return known.act;
  try {
    await known.act(prompt, line.trim().slice(word.length).trim());
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    prompt.say(`${error.message}\n`);
  }
  return "stay";
}

function printStep({ stop: { before }, say }: Prompt): void {
  say(before === undefined ? "nothing is left for this process to do\n" : stepText(before));
}

async function printChanges({ stop, earlier, say }: Prompt): Promise<void> {
  if (earlier === undefined) say("this process has not stopped before\n");
  else say(changesText(compareSnapshots(earlier, await stop.snapshot())));
}

function helpText(): string {
  return formatTable(
    stopWords.map(({ words, text }) => [words.join(", "), text]),
    0,
  );
}
