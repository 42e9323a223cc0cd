import { posix } from "node:path";
import { number, text, word } from "../verify/tracedArgs.ts";
import type { TracedCall } from "../verify/tracedCall.ts";

/** What a descriptor stands for: a path, and for a mount that is being made the calls that went into it. */
export interface OpenFile {
  readonly path: string;
  readonly made?: { readonly type: string; readonly calls: string[] };
}

/** Descriptors of one process; threads share them. */
export type OpenFiles = Map<string, OpenFile>;

/** The path that a descriptor and a name below it lead to, as far as the trace knows. */
export function resolvePath(fd: string, name: string, files: OpenFiles): string {
  const byDescriptor = /^\/proc\/(?:self|thread-self|\d+)\/fd\/(\d+)$/.exec(name)?.[1];
  if (byDescriptor !== undefined) return files.get(byDescriptor)?.path ?? name;
  if (name.startsWith("/")) return posix.normalize(name);
  const base = files.get(fd)?.path ?? "";
  if (name === "" || name === ".") return base === "" ? name : base;
  return base === "" ? name : posix.join(base, name);
}

/** Keeps the descriptors up to date with a call that succeeded. */
export function followFiles(call: TracedCall, files: OpenFiles): void {
  const result = String(call.result);
  switch (call.name) {
    case "openat":
    case "openat2":
      files.set(result, { path: resolvePath(word(call, 0), text(call, 1), files) });
      return;
    case "open_tree":
      files.set(result, {
        path: resolvePath(word(call, 0), text(call, 1), files),
        made: { type: "bind", calls: [call.name] },
      });
      return;
    case "fsopen":
      files.set(result, { path: "", made: { type: text(call, 0), calls: [call.name] } });
      return;
    case "fsmount": {
      const { made } = files.get(word(call, 0)) ?? {};
      made?.calls.push(call.name);
      files.set(result, { path: "", ...(made === undefined ? {} : { made }) });
      return;
    }
    case "fsconfig":
    case "mount_setattr":
      files.get(word(call, 0))?.made?.calls.push(call.name);
      return;
    case "dup2":
    case "dup3":
      copyFile(word(call, 0), result, files);
      return;
    case "fcntl":
      if (duplicates.has(number(call, 1))) copyFile(word(call, 0), result, files);
      return;
    case "close":
      files.delete(word(call, 0));
  }
}

/** F_DUPFD and F_DUPFD_CLOEXEC, fcntl(2). */
const duplicates: ReadonlySet<bigint> = new Set([0n, 0x406n]);

function copyFile(from: string, to: string, files: OpenFiles): void {
  const file = files.get(from);
  if (file === undefined) files.delete(to);
  else files.set(to, file);
}
