import { closeSync, openSync, readSync } from "node:fs";
import { EngineError } from "../../base/index.ts";

/** A file of lines that somebody else goes on writing. The caller closes it. */
export interface TraceFile {
  /** The whole lines that came since the last call. @throws EngineError `limitExceeded`. */
  newLines(): readonly string[];
  close(): void;
}

/** A launch has about one megabyte of calls. */
const largestTrace = 64 * 1024 * 1024;

/** The file must be there already; it may be empty. */
export function openTraceFile(path: string): TraceFile {
  const fd = openSync(path, "r");
  const buffer = Buffer.alloc(256 * 1024);
  let [read, rest] = [0, ""];
  return {
    newLines() {
      const lines: string[] = [];
      for (;;) {
        const count = readSync(fd, buffer, 0, buffer.length, null);
        if (count === 0) return lines;
        read += count;
        if (read > largestTrace) {
          throw new EngineError(
            "limitExceeded",
            `cannot read the trace of runc: it is larger than ${largestTrace} bytes`,
          );
        }
        const whole = (rest + buffer.toString("latin1", 0, count)).split("\n");
        rest = whole.pop() ?? "";
        lines.push(...whole);
      }
    },
    close: () => closeSync(fd),
  };
}
