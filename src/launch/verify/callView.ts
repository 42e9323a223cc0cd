import { text, word } from "./tracedArgs.ts";
import type { TracedCall } from "./tracedCall.ts";

/** A place in the calls of one process, where a record of the journal may find what it tells of. */
export interface CallView {
  readonly calls: readonly TracedCall[];
  readonly at: number;
  /** The path by which a process that this one began was executed; undefined when it was not. */
  readonly executedBy: (call: TracedCall) => string | undefined;
}

/** Whether a call begins a process that shares nothing new with its parent. */
export function isFork({ name, result }: TracedCall): boolean {
  return (name === "clone" || name === "fork" || name === "vfork") && (result ?? 0) > 0;
}

/** The path by which the process had last opened a descriptor; an empty text when it was given it. */
export function pathOf(fd: string, { calls, at }: Pick<CallView, "calls" | "at">): string {
  for (let index = at - 1; index >= 0; index -= 1) {
    const call = calls[index];
    if (call?.name === "close" && word(call, 0) === fd) return "";
    if (call?.name.startsWith("openat") && String(call.result) === fd) return text(call, 1);
  }
  return "";
}
