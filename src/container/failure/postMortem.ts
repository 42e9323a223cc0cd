import { printable } from "../options/singleLine.ts";
import { type ExecutableFormat, executableFormat } from "./executableFormat.ts";

/** What is known about a command that execve(2) refused. */
export interface ExecFailure {
  /** The first argument, as the user or the image wrote it. */
  readonly command: string;
  /** What was tried, as absolute paths in the container, in order. */
  readonly candidates: readonly string[];
  readonly errno: string;
  /** Beginnings of those candidates and interpreters that are regular files of the root. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** OCI's name of this machine. */
  readonly architecture: string;
  /** Mount points below which nothing may be executed. */
  readonly noexecMounts: readonly string[];
}

export interface Diagnosis {
  readonly code: "commandNotFound" | "commandNotExecutable";
  readonly message: string;
  readonly hint?: string;
}

/** The interpreters that the candidates name: what else has to be read before `diagnoseExec`. Absolute paths only. */
export function interpretersOf(candidates: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const paths = [...candidates.values()].flatMap((bytes) => interpreterOf(executableFormat(bytes)) ?? []);
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
  const found = failure.candidates.find((path) => failure.files.has(path));
  if (found === undefined) return diagnoseAbsent(failure);
  const noexec = failure.noexecMounts.find((mount) => found === mount || found.startsWith(`${mount}/`));
  if (failure.errno === "EACCES" && noexec !== undefined) {
    return refused(failure, "permission denied", {
      reason: `${printable(found)} lies on ${printable(noexec)}, which is mounted noexec`,
    });
  }
  if (failure.errno === "EACCES") {
    return refused(failure, "permission denied", {
      reason: `${printable(found)} may not be executed by this user`,
      hint: `give it the permission in the image: chmod +x ${found}`,
    });
  }
  const format = executableFormat(failure.files.get(found) ?? new Uint8Array());
  return diagnoseFormat(failure, found, format);
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
  if (interpreter !== undefined && !failure.files.has(interpreter)) {
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
  if (!failure.files.has(interpreter) && failure.errno === "ENOENT") {
    return {
      code: "commandNotFound",
      message: `exec: ${command}: no such file or directory: there is no interpreter ${printable(interpreter)}, which the first line of ${where} names`,
      hint: "name an interpreter that the image has, such as /bin/sh",
    };
  }
  const named = failure.files.get(interpreter);
  const format = named === undefined ? undefined : executableFormat(named);
  if (format?.kind === "elf" && format.interpreter !== undefined && !failure.files.has(format.interpreter)) {
    return diagnoseElf(failure, interpreter, format);
  }
  return refused(failure, failure.errno === "ENOENT" ? "no such file or directory" : "exec format error", {
    reason: `the interpreter ${printable(interpreter)} of ${where} cannot be executed`,
  });
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
