import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { groupDirectories, unifiedHierarchy } from "../traces.ts";
import type { World } from "./world.ts";

/** Everything of a world that could be left behind, a line each (invariants I1, I2, I4 to I6, I9, I12). */
export type Snapshot = readonly string[];

/** What grows by itself: journals, locks that stay, and what the ticker writes. */
const growing =
  /^(root\/events\.|root\/cache|.*\.lock$|.*\/locks\/)|container-json\.log|networks\/[^/]+\/changed|trace$/;

/** Groups whose containers may be gone: those of the ids that were ever seen. */
const seenIds = new Set<string>();

/** Notes which containers there are, so that later their groups can be looked for. Cheap. */
export function rememberIds({ root }: Pick<World, "root">): void {
  for (const name of ["containers", "pending"]) {
    for (const entry of listed(join(root.root, name))) {
      const id = /[0-9a-f]{64}/.exec(entry)?.[0];
      if (id !== undefined) seenIds.add(id);
    }
  }
}

export function takeSnapshot(world: Pick<World, "root" | "ticker">): Snapshot {
  const { directory, root, runRoot } = world.root;
  rememberIds(world);
  return [
    ...filesBelow(root, "root", world.ticker.id),
    ...filesBelow(runRoot, "run", world.ticker.id),
    ...mountsBelow(directory),
    ...[...seenIds].flatMap(groupsOf),
    ...processesOf(directory),
    ...networkOf(),
  ].sort();
}

/** Interfaces but for the loopback, and brig's table, of this network namespace. */
function networkOf(): readonly string[] {
  const links = JSON.parse(execFileSync("ip", ["-j", "link"], { encoding: "utf8" })) as readonly IpLink[];
  const rules = execFileSync("nft", ["list", "ruleset"], { encoding: "utf8" });
  return [
    ...links.map(({ ifname, master = "none" }) => `interface ${ifname} in ${master}`),
    ...rules.split("\n").flatMap((line) => (line.trim() === "" ? [] : [`nft ${line.trim()}`])),
  ];
}

interface IpLink {
  readonly ifname: string;
  readonly master?: string;
}

function filesBelow(directory: string, label: string, tickerId: string): readonly string[] {
  return listed(directory).flatMap((name) => {
    const path = join(directory, name);
    const shown = `${label}/${name}`;
    if (growing.test(shown) || name === tickerId) return [];
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true && label !== "") return [shown, ...filesBelow(path, shown, tickerId)];
    return [`${shown} ${stat?.size ?? "link"}`];
  });
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw error;
  }
}

function mountsBelow(directory: string): readonly string[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return lines.filter((line) => line.includes(directory)).map((line) => `mount ${line.split(" ")[4]}`);
}

function groupsOf(id: string): readonly string[] {
  const unified = unifiedHierarchy();
  if (unified === undefined) return [];
  return groupDirectories(unified).some((path) => listed(join(path, id)).length > 0) ? [`group ${id}`] : [];
}

/** Processes that were given the world's directory, have something of it open, or live in a root made of it. */
function processesOf(directory: string): readonly string[] {
  return listed("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => describeProcess(pid, directory) ?? []);
}

function describeProcess(pid: string, directory: string): string | undefined {
  const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  // docker-registry of the test itself has its files there, too.
  if (command === "" || command.startsWith("docker-registry") || read(`/proc/${pid}/stat`).includes(") Z "))
    return undefined;
  const concerned =
    command.includes(directory) ||
    read(`/proc/${pid}/mountinfo`).includes(`${directory}/root/`) ||
    listed(`/proc/${pid}/fd`).some((fd) => link(`/proc/${pid}/fd/${fd}`).startsWith(directory));
  return concerned && !isPause(command) ? `process ${command.slice(0, 60)}` : undefined;
}

/** The pauses in the loops of the containers come and go. */
function isPause(command: string): boolean {
  return /^sleep 0\.\d+$/.test(command);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // likewise
  }
}
