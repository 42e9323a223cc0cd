/** What kind of failure a code stands for; `exitStatus` is what the command line ends with (CLI.md, "Exit code"). */
interface ErrorKind {
  readonly category:
    | "usage"
    | "not-found"
    | "conflict"
    | "unauthorized"
    | "unsupported"
    | "corrupt"
    | "system"
    | "payload";
  readonly exitStatus: number;
}

const engine = (category: ErrorKind["category"]): ErrorKind => ({ category, exitStatus: 125 });
const plain = (category: ErrorKind["category"]): ErrorKind => ({ category, exitStatus: 1 });

/**
 * Every error code of brig. A code is what programs decide by; the message is for people and is never parsed.
 * `exitStatus` is the status of commands other than `run`, `exec`, `create` and `start`, which use 125 for every
 * failure of the engine and 126 or 127 only for the two payload codes.
 */
export const errorKinds = {
  // words of the user
  usage: engine("usage"),
  invalidReference: plain("usage"),
  invalidValue: plain("usage"),
  invalidConfig: plain("usage"),
  // images and registries
  imageNotFound: plain("not-found"),
  imageInUse: plain("conflict"),
  registryUnreachable: plain("system"),
  registryUnauthorized: plain("unauthorized"),
  registryDenied: plain("unauthorized"),
  registryNotFound: plain("not-found"),
  registryRateLimited: plain("system"),
  registryProtocol: plain("system"),
  insecureRegistry: plain("unauthorized"),
  registryBlocked: plain("unauthorized"),
  imageUntrusted: plain("unauthorized"),
  platformNotFound: plain("not-found"),
  unsupportedMediaType: plain("unsupported"),
  ambiguousDocument: plain("corrupt"),
  malformedDocument: plain("corrupt"),
  digestMismatch: plain("corrupt"),
  sizeMismatch: plain("corrupt"),
  diffIdMismatch: plain("corrupt"),
  truncatedBlob: plain("corrupt"),
  limitExceeded: plain("corrupt"),
  unsafeLayer: plain("corrupt"),
  malformedLayer: plain("corrupt"),
  storeCorrupt: plain("corrupt"),
  // containers
  containerNotFound: plain("not-found"),
  nameInUse: plain("conflict"),
  fileNotFound: plain("not-found"),
  wrongState: plain("conflict"),
  volumeNotFound: plain("not-found"),
  volumeInUse: plain("conflict"),
  networkNotFound: plain("not-found"),
  networkInUse: plain("conflict"),
  portNotPublished: plain("not-found"),
  portInUse: plain("conflict"),
  userNotFound: plain("not-found"),
  commandMissing: plain("usage"),
  commandNotFound: { category: "payload", exitStatus: 127 },
  commandNotExecutable: { category: "payload", exitStatus: 126 },
  launchFailed: plain("system"),
  journalFalse: plain("system"),
  // the host
  notRoot: plain("system"),
  kernelTooOld: plain("unsupported"),
  controllerUnavailable: plain("unsupported"),
  notOffered: plain("unsupported"),
  noSpace: plain("system"),
  fileSystem: plain("system"),
  helperMissing: plain("system"),
  busy: plain("conflict"),
  interrupted: { category: "system", exitStatus: 130 },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

export interface ErrorExtras {
  /** One sentence that the reader can act on, true for this machine. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Facts for programs; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * A failure that the user should read: what was attempted, on what, what went wrong (lower case, no period, values
 * in double quotes), with a code from `errorKinds`. Anything thrown that is not an EngineError is a bug of brig.
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.code = code;
    this.hint = extras.hint;
    this.details = extras.details ?? {};
  }

  get exitStatus(): number {
    return errorKinds[this.code].exitStatus;
  }
}

/** The symbolic errno ("ENOENT") of a failed call of Node, or undefined for anything else that was thrown. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" && /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

/** What an errno means, in words, where the kernel's own word would mislead or is not known to most readers. */
const errnoWords: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ENOENT: "no such file or directory",
  EEXIST: "it exists already",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "is a directory",
  EROFS: "the file system is read-only",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  EMFILE: "too many open files in this process",
  ENFILE: "too many open files on this machine",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  EBUSY: "device or resource busy",
  EXDEV: "it leads out of its file system",
};

/** `ENOENT` -> `no such file or directory (ENOENT)`. */
export function describeErrno(errno: string): string {
  const words = errnoWords[errno];
  return words === undefined ? errno : `${words} (${errno})`;
}

/**
 * Turns a failed file-system call into an EngineError "cannot DO "PATH": REASON (ERRNO)" and keeps the cause; any
 * other error is returned unchanged.
 */
export function fileSystemError(error: unknown, attempt: string, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const full = errno === "ENOSPC" || errno === "EDQUOT";
  return new EngineError(full ? "noSpace" : "fileSystem", `cannot ${attempt} "${path}": ${describeErrno(errno)}`, {
    cause: error,
    details: { errno, path },
    ...(full ? { hint: 'free some space, or move the data root with "--root DIR"' } : {}),
  });
}
