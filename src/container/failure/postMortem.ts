import { printable } from "../options/singleLine.ts";
import { type ExecutableFormat, executableFormat } from "./executableFormat.ts";

/** A file of the container's root, as far as it was looked at. */
export interface SeenFile {
  /** Why it could not be read: `ENOENT`, `EISDIR`, `ELOOP`. */
  readonly errno?: string;
  readonly bytes: Uint8Array;
  /** `st_mode`; absent when there is no such file. */
  readonly mode?: number;
}

/** What is known about a command that execve(2) refused. */
export interface ExecFailure {
  /** The first argument, as the user or the image wrote it. */
  readonly command: string;
  /** What was tried, as absolute paths in the container, in order. */
  readonly candidates: readonly string[];
  readonly errno: string;
  /** The candidates and the interpreters that they name. */
  readonly files: ReadonlyMap<string, SeenFile>;
  /** OCI's name of this machine. */
  readonly architecture: string;
  /** Mount points below which nothing may be executed. */
  readonly noexecMounts: readonly string[];
  /** Who was to execute it. */
  readonly uid: number;
}

export interface Diagnosis {
  readonly code: "commandNotFound" | "commandNotExecutable";
  readonly message: string;
  readonly hint?: string;
}

/** The interpreters that the candidates name: what else has to be read before `diagnoseExec`. Absolute paths only. */
export function interpretersOf(candidates: ReadonlyMap<string, SeenFile>): readonly string[] {
  const paths = [...candidates.values()].flatMap(({ bytes }) => interpreterOf(executableFormat(bytes)) ?? []);
  return [...new Set(paths)].filter((path) => path.startsWith("/") && path.length < 4096);
}

function interpreterOf(format: ExecutableFormat): string | undefined {
  return format.kind === "elf" || format.kind === "script" ? format.interpreter : undefined;
}

/**
 * Says in one sentence why a command could not be executed. Pure: it looks only at the bytes it is given. The sentence
 * begins as Docker's does; the code decides between the statuses 127 and 126.
 */
export function diagnoseExec(failure: ExecFailure): Diagnosis {
  const exists = failure.candidates.filter((path) => failure.files.get(path)?.mode !== undefined);
  const found = exists.find((path) => failure.files.get(path)?.errno === undefined) ?? exists[0];
  const file = found === undefined ? undefined : failure.files.get(found);
  if (found === undefined || file?.mode === undefined) return diagnoseAbsent(failure);
  if (failure.errno === "EACCES") return diagnoseDenied(failure, found, file.mode);
  return diagnoseFormat(failure, found, executableFormat(file.bytes));
}

/** `st_mode` of inode(7). */
const typeMask = 0o170000;
const directoryType = 0o040000;
const anyExecute = 0o111;

function diagnoseDenied(failure: ExecFailure, path: string, mode: number): Diagnosis {
  const where = printable(path);
  if ((mode & typeMask) === directoryType) {
    return refused(failure, "permission denied", { reason: `${where} is a directory` });
  }
  const noexec = failure.noexecMounts.find((mount) => path === mount || path.startsWith(`${mount}/`));
  if (noexec !== undefined) {
    return refused(failure, "permission denied", {
      reason: `${where} lies on ${printable(noexec)}, which is mounted noexec`,
    });
  }
  if ((mode & anyExecute) === 0) {
    return refused(failure, "permission denied", {
      reason: `${where} has no execute permission`,
      hint: `give it the permission in the image: chmod +x ${path}`,
    });
  }
  return refused(failure, "permission denied", {
    reason: `${where} may not be executed by the user ${failure.uid}`,
    hint: "check the owner and mode of the file and of the directories on the way, and those of its interpreter",
  });
}

function diagnoseAbsent(failure: ExecFailure): Diagnosis {
  const { command, errno } = failure;
  const bare = !command.includes("/");
  if (bare && (errno === "ENOENT" || errno === "ENOTDIR")) {
    return {
      code: "commandNotFound",
      message: `exec: ${printable(command)}: executable file not found in $PATH`,
      hint: "check the spelling, or give the whole path of the command in the image",
    };
  }
  if (errno === "ENOENT" || errno === "ENOTDIR") {
    const words = errno === "ENOENT" ? "no such file or directory" : "not a directory";
    return {
      code: "commandNotFound",
      message: `exec: ${printable(command)}: stat ${printable(command).slice(1, -1)}: ${words}`,
      hint: "the image has no such file, or a symbolic link on the way leads nowhere",
    };
  }
  if (errno === "EACCES" || errno === "EISDIR") {
    return refused(failure, "permission denied", {
      reason: `${printable(failure.candidates[0] ?? command)} is a directory, or the user may not search a directory on the way`,
    });
  }
  if (errno === "ELOOP") return refused(failure, "too many levels of symbolic links", {});
  if (errno === "ENOEXEC") return refused(failure, "exec format error", {});
  return refused(failure, errno, {});
}

function diagnoseFormat(failure: ExecFailure, path: string, format: ExecutableFormat): Diagnosis {
  const where = printable(path);
  switch (format.kind) {
    case "elf":
      return diagnoseElf(failure, path, format);
    case "script":
      return diagnoseScript(failure, path, format);
    case "empty":
      return refused(failure, "exec format error", { reason: `${where} is empty` });
    case "other":
      return refused(failure, "exec format error", {
        reason: `${where} is neither a program for Linux nor a script that begins with "#!"`,
        hint: 'begin the script with a line such as "#!/bin/sh"',
      });
  }
}

function diagnoseElf(
  failure: ExecFailure,
  path: string,
  { architecture, interpreter }: { readonly architecture: string; readonly interpreter?: string },
): Diagnosis {
  const where = printable(path);
  if (failure.errno !== "ENOENT" && architecture !== failure.architecture) {
    return refused(failure, "exec format error", {
      reason: `${where} is built for ${architecture}, this machine is ${failure.architecture}`,
      hint: `use an image for linux/${failure.architecture}`,
    });
  }
  if (interpreter !== undefined && !isThere(failure, interpreter)) {
    return {
      code: "commandNotFound",
      message: `exec: ${printable(failure.command)}: no such file or directory: ${where} needs the program interpreter ${printable(interpreter)}, which the image does not have`,
      hint: interpreterHint(interpreter),
    };
  }
  return refused(failure, "exec format error", {
    reason: `${where} is damaged or of a kind that this kernel does not run`,
  });
}

function interpreterHint(interpreter: string): string {
  if (interpreter.includes("ld-musl"))
    return "the program is linked against musl (Alpine): use an image based on it, or link statically";
  return "the program is linked against glibc: use an image that has it (Debian, Fedora), or link statically";
}

function diagnoseScript(
  failure: ExecFailure,
  path: string,
  { interpreter, carriageReturn }: { readonly interpreter: string; readonly carriageReturn: boolean },
): Diagnosis {
  const where = printable(path);
  const command = printable(failure.command);
  if (carriageReturn) {
    return {
      code: "commandNotFound",
      message: `exec: ${command}: no such file or directory: the first line of ${where} names the interpreter ${printable(interpreter)} and ends in CRLF`,
      hint: "save the script with line feeds only: dos2unix, or sed -i 's/\\r$//'",
    };
  }
  if (interpreter === "") {
    return refused(failure, "exec format error", {
      reason: `the first line of ${where} names no interpreter after "#!"`,
    });
  }
  if (!isThere(failure, interpreter) && failure.errno === "ENOENT") {
    return {
      code: "commandNotFound",
      message: `exec: ${command}: no such file or directory: there is no interpreter ${printable(interpreter)}, which the first line of ${where} names`,
      hint: "name an interpreter that the image has, such as /bin/sh",
    };
  }
  const named = failure.files.get(interpreter);
  const format = named === undefined ? undefined : executableFormat(named.bytes);
  if (format?.kind === "elf" && format.interpreter !== undefined && !isThere(failure, format.interpreter)) {
    return diagnoseElf(failure, interpreter, format);
  }
  return refused(failure, failure.errno === "ENOENT" ? "no such file or directory" : "exec format error", {
    reason: `the interpreter ${printable(interpreter)} of ${where} cannot be executed`,
  });
}

function isThere(failure: ExecFailure, path: string): boolean {
  return failure.files.get(path)?.mode !== undefined;
}

function refused(
  failure: ExecFailure,
  words: string,
  { reason, hint }: { readonly reason?: string; readonly hint?: string },
): Diagnosis {
  return {
    code: "commandNotExecutable",
    message: `exec: ${printable(failure.command)}: ${words}${reason === undefined ? "" : `: ${reason}`}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
