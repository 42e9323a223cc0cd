import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { testDirectory } from "./projectPaths.ts";
import { groupDirectories, unifiedHierarchy } from "./traces.ts";

/** What a test run may not add to: one line for each thing that exists on this host. */
export type HostSnapshot = ReadonlySet<string>;

/**
 * Lists mounts, cgroups, helper processes, run-time files, and of the machine's own network links, tables and settings, in a
 * form to compare.
 */
export function snapshotHost(): HostSnapshot {
  return new Set([
    ...mounts(),
    ...cgroupsOfBrig(),
    ...entries("/sys/class/net", "link"),
    ...entries("/run/netns", "network namespace"),
    ...tablesOfNetfilter(),
    ...networkSettings(),
    ...entries("/run/brig", "file"),
    ...entries(testDirectory(), "test directory"),
    ...helperProcesses(),
  ]);
}

/** What is there now and was not in `before`; waits up to 20 seconds for what is about to go. */
export async function findLeftovers(before: HostSnapshot): Promise<readonly string[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const added = [...snapshotHost()].filter((line) => !before.has(line));
    if (added.length === 0 || Date.now() >= deadline) return added;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Tables of nftables; where there is no nft, nothing can have made any. */
function tablesOfNetfilter(): string[] {
  const { stdout } = spawnSync("nft", ["list", "tables"], {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  const lines = (stdout ?? "").split("\n").filter((line) => line !== "");
  return lines.map((line) => `nftables ${line}`);
}

/** What a container engine switches on in a network that it makes bridges in. */
const settings = [
  "ipv4/ip_forward",
  "ipv4/conf/all/route_localnet",
  "ipv6/conf/all/forwarding",
  "ipv6/conf/all/disable_ipv6",
  "bridge/bridge-nf-call-iptables",
  "bridge/bridge-nf-call-ip6tables",
];

function networkSettings(): string[] {
  return settings.flatMap((name) => {
    const path = `/proc/sys/net/${name}`;
    return existsSync(path) ? [`setting ${path} = ${readFileSync(path, "utf8").trim()}`] : [];
  });
}

function mounts(): string[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").trimEnd().split("\n");
  return lines.map((line) => `mount ${line.split(" ").slice(3, 5).join(" on ")}`);
}

function cgroupsOfBrig(): string[] {
  const unified = unifiedHierarchy();
  if (unified === undefined) return [];
  return groupDirectories(unified)
    .flatMap(directoriesBelow)
    .map((path) => `cgroup ${path}`);
}

function directoriesBelow(directory: string): string[] {
  return listed(directory, { directoriesOnly: true }).flatMap((name) => {
    const path = join(directory, name);
    return [path, ...directoriesBelow(path)];
  });
}

function entries(directory: string, what: string): string[] {
  return listed(directory, { directoriesOnly: false }).map((name) => `${what} ${join(directory, name)}`);
}

function listed(directory: string, { directoriesOnly }: { readonly directoriesOnly: boolean }): string[] {
  try {
    const found = readdirSync(directory, { withFileTypes: true });
    return found.filter((entry) => !directoriesOnly || entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw error;
  }
}

/** Processes that run the helper, by the name of their executable (it may be a memfd) and their start time. */
function helperProcesses(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => describeHelper(pid) ?? []);
}

function describeHelper(pid: string): string | undefined {
  try {
    const executable = readlinkSync(`/proc/${pid}/exe`);
    if (!executable.includes("brig-helper") && !executable.includes("memfd:brig")) return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]; // proc_pid_stat(5), field 22
    return `process ${pid} (started at ${startTime}) of ${executable}`;
  } catch {
    return undefined; // it has ended meanwhile, or is a kernel thread
  }
}
