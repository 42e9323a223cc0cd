/** The caller's side of a container in the foreground. The file descriptors stay the caller's. */
export interface RunStreams {
  readonly stdin: number;
  /** `ignore`: it goes to the log alone. */
  readonly stdout: number | "ignore";
  readonly stderr: number | "ignore";
  /** Whether `stdin` is a terminal that may be set to raw mode and whose size counts. */
  readonly tty: boolean;
  /** Signals to pass on to the payload; `SIGWINCH` among them means that the terminal has another size. */
  readonly signals?: AsyncIterable<NodeJS.Signals>;
  /** Leaves a payload that goes on without its caller to itself; one that does not is ended. */
  readonly signal?: AbortSignal;
}
