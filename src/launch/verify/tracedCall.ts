/** One argument of a traced call. Numbers stay text: `0x1200000|17` is a sum of flags that strace prints in parts. */
export type TracedValue =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "list"; readonly items: readonly TracedValue[] }
  | { readonly kind: "struct"; readonly fields: ReadonlyMap<string, TracedValue> };

/** A system call as the kernel saw it. */
export interface TracedCall {
  readonly name: string;
  readonly args: readonly TracedValue[];
  /** Undefined for a call that does not return, such as exit_group(2). */
  readonly result?: number;
  readonly errno?: string;
  /** What the result is in the tracer's own pid namespace, where it is a process and has another number there. */
  readonly hostPid?: number;
}

/** What strace(1) has to be told so that `parseTracedCall` can read what it writes. */
export const straceForm: readonly string[] = ["-v", "-xx", "-X", "raw", "--decode-pids=pidns", "-e", "signal=none"];

const deepest = 32;

/**
 * Reads one line of a trace in `straceForm`, in which every string is hexadecimal, so that no name that a stranger chose
 * can look like a part of the line. Undefined for signals, ends of processes and calls that the tracer did not see end.
 * Linear in the length of the line.
 *
 * @throws Error for a line that is none of these.
 */
export function parseTracedCall(line: string): TracedCall | undefined {
  if (line === "" || line.startsWith("+++") || line.startsWith("---")) return undefined;
  const reader = new LineReader(line);
  const name = reader.take(/[a-z0-9_]+/y);
  if (name === undefined || !reader.skip("(")) throw malformed(line);
  if (line.endsWith("<detached ...>") || line.endsWith("<unfinished ...>")) return undefined;
  const args = reader.values(")", 0);
  const outcome = reader
    .take(/ *= .*$/sy)
    ?.trimStart()
    .slice(2);
  if (args === undefined || outcome === undefined) throw malformed(line);
  return { name, args, ...parseOutcome(outcome, line) };
}

function parseOutcome(text: string, line: string): Pick<TracedCall, "result" | "errno" | "hostPid"> {
  if (text.startsWith("?")) return {}; // it does not return, or is begun again after a signal
  const [, number, errno, elsewhere] = /^(-?\d+|0x[0-9a-f]+)(?: (E[A-Z0-9]+))?(?: \/\* (\d+) in )?/.exec(text) ?? [];
  if (number === undefined) throw malformed(line);
  return {
    result: Number(number),
    ...(errno === undefined ? {} : { errno }),
    ...(elsewhere === undefined ? {} : { hostPid: Number(elsewhere) }),
  };
}

class LineReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  take(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#line)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  skip(text: string): boolean {
    if (!this.#line.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** Values up to and including the closing character. */
  values(close: string, depth: number): TracedValue[] | undefined {
    const items: TracedValue[] = [];
    while (!this.skip(close)) {
      const before = this.#at;
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      items.push(value);
      this.#separate();
      if (this.#at === before) return undefined; // nothing was read, and nothing will be
    }
    return items;
  }

  /** A comma, or a blank in a set; a comment before it says the same for people. */
  #separate(): void {
    this.take(/ ?\/\*[^*]*\*\//y);
    this.take(/,? ?/y);
  }

  #value(depth: number): TracedValue | undefined {
    if (depth > deepest) return undefined;
    if (this.skip('"')) return this.#bytes();
    if (this.skip("{")) return this.#struct(depth);
    if (this.skip("~")) return this.#value(depth); // a set of signals by what it lacks
    if (!this.skip("[")) return this.#word(depth);
    const items = this.values("]", depth);
    return items === undefined ? undefined : { kind: "list", items };
  }

  #bytes(): TracedValue | undefined {
    const text = this.take(/(?:\\x[0-9a-f]{2})*/y) ?? "";
    if (!this.skip('"')) return undefined;
    this.skip("...");
    return { kind: "bytes", bytes: Buffer.from(text.replaceAll("\\x", ""), "hex") };
  }

  #struct(depth: number): TracedValue | undefined {
    const fields = new Map<string, TracedValue>();
    while (!this.skip("}")) {
      const before = this.#at;
      const key = this.take(/[a-zA-Z0-9_.]+(?==)/y);
      if (key !== undefined) this.skip("=");
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      fields.set(key ?? String(fields.size), value);
      this.#separate();
      if (this.#at === before) return undefined;
    }
    if (this.skip(" => ") && this.#value(depth + 1) === undefined) return undefined; // what the kernel wrote there
    return { kind: "struct", fields };
  }

  /** A number, a name, flags, `MACRO(...)`. */
  #word(depth: number): TracedValue | undefined {
    let text = this.take(/[^,()[\]{}" /]+/y) ?? "";
    if (this.skip("(")) {
      if (this.values(")", depth) === undefined) return undefined;
      text += "()";
    }
    if (this.skip(" => ")) return this.#value(depth + 1);
    return { kind: "word", text };
  }
}

function malformed(line: string): Error {
  return new Error(`the trace has a line that is no system call: ${JSON.stringify(line.slice(0, 200))}`);
}
