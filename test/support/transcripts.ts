import { createHash } from "node:crypto";

/** One command of a transcript, with what it printed. */
export interface Exchange {
  /** A line of shell. */
  readonly command: string;
  readonly output: string;
  /** The kind of host that prints this; absent when every one does. */
  readonly host?: string;
}

/** ```` ```console ```` blocks, which hold commands behind `$ ` and what they print; a kind of host may stand after the word. */
const block = /^```console(?: (.+))?\n([\s\S]*?)^```$/gm;

/** The commands of all transcripts of a page, in order. */
export function readExchanges(page: string): readonly Exchange[] {
  return [...page.matchAll(block)].flatMap(([, host, text = ""]) =>
    text
      .split(/^\$ /m)
      .slice(1)
      .map((piece) => ({
        command: piece.slice(0, piece.indexOf("\n")),
        output: piece.slice(piece.indexOf("\n") + 1),
        ...(host === undefined ? {} : { host }),
      })),
  );
}

/** The page with these outputs in place of its own, one for each command; the page keeps its own where there is none. */
export function withOutputs(page: string, outputs: readonly (string | undefined)[]): string {
  const left = [...outputs];
  return page.replace(block, (whole: string, host: string | undefined) => {
    const text = readExchanges(whole).map(({ command, output }) => `$ ${command}\n${left.shift() ?? output}`);
    return `\`\`\`console${host === undefined ? "" : ` ${host}`}\n${text.join("")}\`\`\``;
  });
}

/** Takes out of outputs what differs from one run to the next: identities and times. */
export class Normalizer {
  readonly #paths: ReadonlyMap<string, string>;
  readonly #ids = new Map<string, string>();

  /** `paths`: what to write for directories of the test. */
  constructor(paths: ReadonlyMap<string, string>) {
    this.#paths = paths;
  }

  normalize(output: string): string {
    const lines = output.split("\n");
    const [head = "", ...rows] = lines;
    if (!/^[A-Z]+(?: [A-Z]+)* {3,}[A-Z]/.test(head)) return byLayer(lines.map((line) => this.#line(line))).join("\n");
    return [...this.#table([head, ...rows.filter((row) => row !== "")]), ""].join("\n");
  }

  #line(line: string): string {
    let text = line;
    for (const [from, to] of this.#paths) text = text.replaceAll(from, to);
    return text
      .replace(/\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b/g, (id) => this.#id(id))
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "2026-01-01T12:00:00Z")
      .replace(/\(pid \d+\)/g, "(pid 4711)")
      .replace(/^(host|child|init) +\d+\.\dus {2}(.*)/, (_, process: string, call: string) => explained(process, call))
      .replace(/\b0 \d{5,} 65536\b/, "0 1452867584 65536")
      .replace(/(?:Less than a|About a|\d+) (?:second|minute)s?( ago)?/g, "5 seconds$1");
  }

  /** Cells stand where the words of the head begin; with other words in them their columns have other widths. */
  #table(rows: readonly string[]): readonly string[] {
    const starts = [...(rows[0] ?? "").matchAll(/(?<=^| {3})\S/g)].map(({ index }) => index);
    const cells = rows.map((row) => starts.map((start, at) => this.#line(row.slice(start, starts[at + 1]).trimEnd())));
    const widths = starts.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)) + 3);
    return cells.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("")
        .trimEnd(),
    );
  }

  /** The same identity gets the same other one, whatever came before it in another run. */
  #id(id: string): string {
    const key = id.slice(0, 12);
    const known = this.#ids.get(key) ?? createHash("sha256").update(`id ${this.#ids.size}`).digest("hex");
    this.#ids.set(key, known);
    return known.slice(0, id.length);
  }
}

/** A line of `--explain`: how long it took, process ids and numbers of descriptors differ. */
function explained(process: string, call: string): string {
  const own = call
    .replace(/^(clone3\(.*\)) = \d+/, "$1 = 4711")
    .replace(/(?<=\bcgroup=|\()[1-9]\d*(?=[,) ])/g, "7")
    .replace(/\) = [1-9]\d{0,2}(?= )/, ") = 7");
  return `${process.padEnd(5)}    12.3us  ${own}`;
}

/** Layers are downloaded at once: which of them is first differs, what becomes of each does not. */
function byLayer(lines: readonly string[]): readonly string[] {
  const layerOf = (line: string) => /^[0-9a-f]{12}(?=: )/.exec(line)?.[0];
  const layers = [...new Set(lines.flatMap((line) => layerOf(line) ?? []))];
  const first = lines.findIndex((line) => layerOf(line) !== undefined);
  const others = lines.filter((line) => layerOf(line) === undefined);
  const grouped = layers.flatMap((layer) => lines.filter((line) => layerOf(line) === layer));
  return first === -1 ? lines : [...others.slice(0, first), ...grouped, ...others.slice(first)];
}
