import { EngineError } from "../../base/index.ts";
import { printable } from "../options/singleLine.ts";
import { fullTerminal, fullUser, type PsColumn, psColumns } from "./psColumns.ts";

const offered = "use -ef, aux, -e, or -o with a list such as pid,ppid,user,stat,time,args";

/** `ps -ef`, which is what Docker shows. */
const fullColumns = [fullUser, ...named("pid", "ppid", "c", "stime"), fullTerminal, ...named("time", "cmd")];
const userColumns = [
  ...named("user", "pid", "%cpu", "%mem", "vsz", "rss"),
  fullTerminal,
  ...named("stat", "start", "time", "command"),
];
const shortColumns = [...named("pid"), fullTerminal, ...named("time", "ucmd")];

function named(...names: readonly string[]): readonly PsColumn[] {
  return names.flatMap((name) => psColumns[name] ?? []);
}

/**
 * Reads the words of ps(1) that `top` takes: `-ef` (also when there are none), `aux`, `-e`, and `-o LIST`. Which
 * processes are shown is not theirs to say: always all of the container, and no others. No ps is executed.
 *
 * @throws EngineError `notOffered` naming the word, `invalidValue` for a column that is not known.
 */
export function parsePsOptions(words: readonly string[]): readonly PsColumn[] {
  const lists: string[] = [];
  const letters = new Set<string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const list = /^(?:-?[aeAxwf]{0,8}o|--format)=?(.*)$/.exec(word.slice(0, 4096));
    if (list !== null) {
      lists.push(list[1] === "" || list[1] === undefined ? (words[at + 1] ?? "") : list[1]);
      if (list[1] === "") at += 1;
    } else if (/^-?[aeAxufw]+$/.test(word)) for (const letter of word.replace("-", "")) letters.add(letter);
    else throw notOffered(word);
  }
  if (lists.length > 0) return lists.flatMap((text) => text.split(/[ ,]+/).map(findColumn));
  if (letters.has("u")) return userColumns;
  return letters.size === 0 || letters.has("f") ? fullColumns : shortColumns;
}

function findColumn(name: string): PsColumn {
  const found = Object.hasOwn(psColumns, name) ? psColumns[name] : undefined;
  if (found !== undefined) return found;
  throw new EngineError("invalidValue", `unknown column ${printable(name)} for top`, {
    hint: `the columns are: ${Object.keys(psColumns).join(", ")}`,
  });
}

function notOffered(word: string): EngineError {
  return new EngineError("notOffered", `top does not offer the ps option ${printable(word)}`, { hint: offered });
}
