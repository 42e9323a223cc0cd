import { join } from "node:path";
import type { FieldValue } from "../../launch/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { runDirectory } from "../state/liveState.ts";
import { readBootId } from "../state/processIdentity.ts";

export interface MonitorRequest {
  readonly root: string;
  readonly runRoot: string;
  readonly id: string;
  readonly name: string;
  readonly options: FilledOptions;
  readonly labels: ReadonlyMap<string, string>;
  /** What the monitor runs at the end when nobody waits for the container; absent: nothing. */
  readonly cleanup?: readonly string[];
}

/** The fields of a container's `monitor` record (native/monitor.c): what its monitor keeps, and when it starts again. */
export function monitorFields(request: MonitorRequest): Readonly<Record<string, FieldValue>> {
  const { root, runRoot, id, options, cleanup } = request;
  const { restart } = options;
  return {
    state: containerPaths(root, id).directory,
    run: runDirectory(runRoot, id),
    boot: readBootId(),
    events: join(root, "events.ndjson"),
    actor: planActor(request),
    ...(options.logDriver === "none" ? {} : { log: 1, "log-size": defaultLogBytes, "log-files": defaultLogFiles }),
    ...(restart.policy === "no" ? {} : { restart: restart.policy }),
    ...(restart.policy === "on-failure" && restart.retries > 0 ? { retries: restart.retries } : {}),
    ...(options.tty && options.detachKeys !== "" ? { detach: options.detachKeys } : {}),
    ...(cleanup === undefined ? {} : { "exit-command": [...cleanup, id] }),
  };
}

/** Rotation is on by default: logs without a limit have filled too many disks. */
const defaultLogBytes = 10 * 1024 * 1024;
const defaultLogFiles = 5;

/** The members of an event that are the same in all events of a container; short enough for an atomic append. */
function planActor({ id, name, options, labels }: MonitorRequest): string {
  const attributes = { image: options.image, name, ...Object.fromEntries(labels) };
  const full = JSON.stringify({ type: "container", id, attributes }).slice(1, -1);
  if (Buffer.byteLength(full) < 3500) return full;
  return JSON.stringify({ type: "container", id, attributes: { image: options.image.slice(0, 512), name } }).slice(
    1,
    -1,
  );
}
