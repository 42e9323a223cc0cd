import type { RuntimeSpec } from "../oci/index.ts";
import type { LaunchRequest, NamespaceTarget } from "./launchRequest.ts";
import type { FieldValue } from "./plan.ts";

/** What the container room asks for to put one more process into a container that runs. Every path is absolute. */
export interface ExecRequest extends Pick<LaunchRequest, "executables" | "seccompProgram" | "stdin" | "notices"> {
  /** The container's specification, with the process to start in place of its own. */
  readonly spec: RuntimeSpec;
  /** The container's first process: all of its namespaces are joined. */
  readonly target: Pick<NamespaceTarget, "pid" | "startTime">;
  /** The group that the process is born in; absent when the container has none. */
  readonly cgroup?: string;
  /** Whether the process goes on when the caller ends, and gets nothing of the caller's streams (`-d`). */
  readonly detached: boolean;
  /** What its keeper notes, and where: fields of its record (native/monitor.c). */
  readonly monitor: Readonly<Record<string, FieldValue>>;
  /** The bytes that detach a terminal; empty: nothing does. */
  readonly detachKeys: string;
}
