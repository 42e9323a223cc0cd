import { cloneFlags, text, word } from "../verify/tracedArgs.ts";
import type { TracedCall } from "../verify/tracedCall.ts";
import { followFiles, type OpenFile, type OpenFiles } from "./openFiles.ts";
import { type Purpose, type PurposePlaces, purposesOf } from "./purposes.ts";
import type { TracedEvent } from "./traceReader.ts";

/** What was done for one purpose: each call by its name, and how often. */
export interface PurposeCalls extends Purpose {
  readonly calls: ReadonlyMap<string, number>;
}

export interface CallGroups {
  readonly groups: readonly PurposeCalls[];
  /** How many calls have a purpose; one that makes several namespaces is one call. */
  readonly relevant: number;
}

const shareFiles = 0x400n;

/**
 * Groups the calls of a launch, given in the order in which they ended, by what they are for. Calls that failed did
 * nothing, and count for nothing; what comes after the execution of the command is the command's own.
 */
export class CallGrouping {
  readonly #places: PurposePlaces;
  readonly #groups = new Map<string, Purpose & { readonly calls: Map<string, number> }>();
  readonly #tables = new Map<number, OpenFiles>();
  readonly #early = new Map<number, TracedCall[]>();
  #hasRoot = false;
  #executed = false;
  #relevant = 0;

  constructor(places: PurposePlaces) {
    this.#places = places;
  }

  get executed(): boolean {
    return this.#executed;
  }

  take({ pid, call }: TracedEvent): void {
    if (this.#tables.size === 0) this.#tables.set(pid, new Map());
    const files = this.#tables.get(pid);
    if (files !== undefined) this.#see(call, files);
    else this.#early.set(pid, [...(this.#early.get(pid) ?? []), call]); // its parent's call has not returned yet
  }

  result(): CallGroups {
    return { groups: [...this.#groups.values()], relevant: this.#relevant };
  }

  #see(call: TracedCall, files: OpenFiles): void {
    if (this.#executed || call.errno !== undefined || (call.result ?? -1) < 0) return;
    if (call.name === "execve" || call.name === "execveat") {
      this.#execute(call);
      return;
    }
    if (call.name === "pivot_root" || call.name === "chroot") this.#hasRoot = true;
    const made = preparation(call, files);
    followFiles(call, files);
    const purposes = purposesOf(call, { files, places: this.#places });
    for (const purpose of purposes) this.#add(purpose, [...made, call.name]);
    if (purposes.length > 0) this.#relevant += 1 + made.length;
    this.#finishRoot(call, files);
    this.#begin(call, files);
  }

  /** Before the root is the container's, a runtime executes copies of itself. */
  #execute({ name }: TracedCall): void {
    if (!this.#hasRoot) return;
    this.#executed = true;
    this.#relevant += 1;
    this.#add({ phase: "payload", purpose: "the command" }, [name]);
  }

  #add({ phase, purpose }: Purpose, names: readonly string[]): void {
    const group = this.#groups.get(purpose) ?? { phase, purpose, calls: new Map<string, number>() };
    this.#groups.set(purpose, group);
    for (const name of names) group.calls.set(name, (group.calls.get(name) ?? 0) + 1);
  }

  /** The root is handed to another process by a message, so no trace tells where its descriptor goes. */
  #finishRoot(call: TracedCall, files: OpenFiles): void {
    const made = call.name === "fsmount" ? files.get(String(call.result))?.made : undefined;
    if (made?.type !== "overlay") return;
    this.#relevant += made.calls.length;
    this.#add({ phase: "root", purpose: "root file system" }, made.calls.splice(0));
  }

  #begin(call: TracedCall, files: OpenFiles): void {
    const pid = call.hostPid ?? call.result ?? 0;
    if (pid === 0 || !/^(?:clone3?|v?fork)$/.test(call.name)) return;
    const own = (cloneFlags(call) & shareFiles) === 0n ? new Map<string, OpenFile>(files) : files;
    this.#tables.set(pid, own);
    const waiting = this.#early.get(pid) ?? [];
    this.#early.delete(pid);
    for (const early of waiting) this.#see(early, own);
  }
}

/** What went into a mount before it was put in its place is for that place. */
function preparation(call: TracedCall, files: OpenFiles): readonly string[] {
  if (call.name !== "move_mount" || text(call, 1) !== "") return [];
  return files.get(word(call, 0))?.made?.calls.splice(0) ?? [];
}
