/**
 * One thing to do about the network of a container, as data: what the launch plan shows is what its helper executes.
 * Steps are executed by the helper as root in the host's namespaces, before the payload runs.
 */
export type NetworkStep = ToolStep | SettingStep;

interface StepTexts {
  /** Unique in one plan, `net.ports`. */
  readonly id: string;
  /** One sentence: the reason for this step, or the flag that asked for it. */
  readonly why: string;
  readonly doc?: string;
}

/** A program of the host, run to its end; anything but exit status 0 is a failure, and what it said is the cause. */
export interface ToolStep extends StepTexts {
  readonly kind: "tool";
  /** An absolute path, `findTool` has it. */
  readonly program: string;
  readonly argv: readonly string[];
  /** Its standard input. */
  readonly input: string;
  /**
   * Run in the container's network namespace instead of the host's. Either way the container's namespace is open as
   * descriptor 3 (`netns /proc/self/fd/3`).
   */
  readonly inside: boolean;
  /** What it says to stdout says that it has done all: its end, which may take longer, is not waited for. */
  readonly answers?: true;
  /** What it makes: skipped when this path exists; when it exists after a failure, somebody else was faster and all is well. */
  readonly unless?: string;
  /** What it removes: likewise, where this path does not exist. */
  readonly when?: string;
}

/** A value for a file below /proc/sys. */
export interface SettingStep extends StepTexts {
  readonly kind: "setting";
  readonly file: string;
  readonly value: string;
}

/** What has to be done for one container. */
export interface NetworkSteps {
  /** What its networks are made of; nothing to do where they are up. These are done before its payload runs, and again at every restart by its policy. */
  readonly up: readonly NetworkStep[];
  /** Its interfaces, once its networks are up. */
  readonly links: readonly NetworkStep[];
  /** Its published ports, once its networks are up. They need nothing of `links` and are made at the same time. */
  readonly ports: readonly NetworkStep[];
  /** Kernel settings of the container's own network namespace; `file` is relative to /proc: `sys/net/ipv6/conf/eth0/accept_ra`. */
  readonly settings: readonly SettingStep[];
  /** At every end, by its monitor, whatever became of the start. Interfaces go by themselves. Failures are ignored. */
  readonly end: readonly NetworkStep[];
}
