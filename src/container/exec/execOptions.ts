import type { RunStreams, StepReport } from "../../launch/index.ts";

/** What `exec` is asked for; a member that is left out is as the container has it, a switch is off. */
export interface ExecOptions {
  /** Name, id or the beginning of an id. */
  readonly container: string;
  readonly command: readonly string[];
  readonly detach?: boolean;
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly env?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  /** Every capability that there is in the container's user namespace. */
  readonly privileged?: boolean;
  /** The bytes that detach a terminal; Ctrl-P Ctrl-Q when left out. */
  readonly detachKeys?: string;
}

export interface ExecRun {
  readonly options: ExecOptions;
  readonly streams: RunStreams;
  readonly onStep?: (report: StepReport) => void;
}

/** How a command in a container ended, as far as the caller stayed to see. */
export interface ExecReport {
  /** The status for the caller's own exit; 0 when it was left running. */
  readonly exitCode: number;
}
