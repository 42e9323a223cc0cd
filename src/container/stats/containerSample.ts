import { readFileIfExists, unlessGone } from "../../base/index.ts";
import {
  type GroupFile,
  groupsIn,
  liveGroupFiles,
  type Pressures,
  readEvents,
  readPressures,
  readStatistics,
} from "../../cgroups/index.ts";

/** What a container has used up to a moment. A member is absent where this host does not count it. */
export interface ContainerSample {
  /** Monotonic, in nanoseconds. */
  readonly atNs: bigint;
  readonly cpuUs?: number;
  readonly memory?: { readonly usedBytes: number; readonly limitBytes?: number };
  /** Of the container's own network namespace, without its loopback; absent when it shares the host's. */
  readonly network?: { readonly receivedBytes: number; readonly sentBytes: number };
  readonly block?: { readonly readBytes: number; readonly writtenBytes: number };
  /** Processes and threads. */
  readonly tasks: number;
  readonly oomKills?: number;
  readonly pressure: Pressures;
}

export interface SampleRequest {
  readonly cgroup?: string;
  /** Its first process, whose network namespace counts; absent when the container shares the host's. */
  readonly networkPid?: number;
  readonly proc?: string;
  readonly atNs: bigint;
}

/** Reads the counters of one container from cgroupfs and procfs. A group that has gone gives empty ones. */
export function sampleContainer({ cgroup, networkPid, proc = "/proc", atNs }: SampleRequest): ContainerSample {
  const read: GroupFile = cgroup === undefined ? () => undefined : liveGroupFiles(cgroup);
  const { cpu, memory, io, pids } = readStatistics(read);
  const oomKills = readEvents(read).memory?.oomKill;
  const interfaces =
    networkPid === undefined ? undefined : unlessGone(() => readFileIfExists(`${proc}/${networkPid}/net/dev`));
  return {
    atNs,
    ...(cpu === undefined ? {} : { cpuUs: cpu.usageUs }),
    ...(memory === undefined
      ? {}
      : {
          memory: {
            // As Docker counts: what the kernel would drop at once is not use.
            usedBytes: Math.max(0, memory.current - (memory.inactiveFile ?? 0)),
            ...(memory.max === undefined ? {} : { limitBytes: memory.max }),
          },
        }),
    ...(interfaces === undefined ? {} : { network: parseNetDev(interfaces) }),
    ...(io === undefined ? {} : { block: io }),
    tasks: pids?.current ?? (cgroup === undefined ? 0 : countTasks(cgroup)),
    ...(oomKills === undefined ? {} : { oomKills }),
    pressure: readPressures(read),
  };
}

/** Threads in a group and all groups below it, where no pids controller counts them. */
function countTasks(directory: string): number {
  const own = (liveGroupFiles(directory)("cgroup.threads") ?? "").split("\n").length - 1;
  return groupsIn(directory).reduce((sum, group) => sum + countTasks(group), Math.max(0, own));
}

/** proc_pid_net(5): a line for each interface, `name: received-bytes ... sent-bytes ...`; the first two are headings. */
export function parseNetDev(text: string): { readonly receivedBytes: number; readonly sentBytes: number } {
  let [receivedBytes, sentBytes] = [0, 0];
  for (const line of text.split("\n").slice(2)) {
    const colon = line.lastIndexOf(":");
    const values = line
      .slice(colon + 1)
      .trim()
      .split(/ +/);
    if (colon < 0 || values.length < 16 || line.slice(0, colon).trim() === "lo") continue;
    receivedBytes += Number(values[0]) || 0;
    sentBytes += Number(values[8]) || 0;
  }
  return { receivedBytes, sentBytes };
}
