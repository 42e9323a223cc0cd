import { join } from "node:path";
import type { FieldValue } from "../../launch/index.ts";
import { planActor } from "../events/planActor.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import { planLog } from "../logs/planLog.ts";
import type { RestartPolicy } from "../runOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { runDirectory } from "../state/liveState.ts";
import { readBootId } from "../state/processIdentity.ts";
import { firstUseMark } from "../state/volumes.ts";

export interface MonitorRequest {
  readonly root: string;
  readonly runRoot: string;
  readonly id: string;
  readonly name: string;
  readonly options: FilledOptions;
  readonly labels: ReadonlyMap<string, string>;
  /** The digest of the image's configuration. */
  readonly imageId: string;
  /** The name of the machine. */
  readonly host: string;
  /** What the payload gets, `KEY=value`. */
  readonly env: readonly string[];
  /** The volumes that this container is the first to use. */
  readonly claimed: ReadonlySet<string>;
  /** What the monitor runs at the end when nobody waits for the container; absent: nothing. */
  readonly cleanup?: readonly string[];
}

/** The fields of a container's `monitor` record (native/monitor.c): what its monitor keeps, and when it starts again. */
export function monitorFields(request: MonitorRequest): Readonly<Record<string, FieldValue>> {
  const { root, runRoot, id, name, options, labels, cleanup, claimed } = request;
  const attributes = new Map([...labels, ["image", options.image], ["name", name]]);
  const { restart } = options;
  return {
    state: containerPaths(root, id).directory,
    run: runDirectory(runRoot, id),
    boot: readBootId(),
    events: join(root, "events.ndjson"),
    actor: planActor({ type: "container", id, attributes }),
    ...(claimed.size === 0 ? {} : { filled: [...claimed].map((volume) => firstUseMark(root, volume, id)) }),
    ...planLog({ driver: options.logDriver, options: options.logOptions }, { ...request, image: options.image }),
    ...policyFields(restart),
    ...(options.timeoutSec === undefined ? {} : { timeout: options.timeoutSec }),
    ...(options.pidFile === undefined ? {} : { "pid-file": options.pidFile, unlink: options.pidFile }),
    ...(options.tty && options.detachKeys !== "" ? { detach: options.detachKeys } : {}),
    // What is kept must outlive a power cut; what is removed at the end need not wait for the disk.
    ...(options.remove ? { discard: ["upper", "work"] } : { durable: 1 }),
    ...(cleanup === undefined ? {} : { "exit-command": [...cleanup, id] }),
  };
}

/** When a monitor starts its container again: fields of its record, and of the message `policy`. */
export function policyFields({ policy, retries }: RestartPolicy): Readonly<Record<string, string | number>> {
  if (policy === "no") return {};
  return { restart: policy, ...(policy === "on-failure" && retries > 0 ? { retries } : {}) };
}
