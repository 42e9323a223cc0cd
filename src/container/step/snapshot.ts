import { EngineError, findSystemProgram } from "../../base/index.ts";
import { readTool } from "../../network/index.ts";
import { readProcessFacts } from "../compare/processFacts.ts";
import { describeNetwork } from "./networkFacts.ts";

/** In the order in which changes are shown. */
export const snapshotSections = [
  "namespaces",
  "process",
  "capabilities",
  "limits",
  "mounts",
  "cgroup",
  "network",
] as const;
export type SnapshotSection = (typeof snapshotSections)[number];

/** What a process had around it at one moment: for each section, values by name. */
export type StopSnapshot = Readonly<Record<SnapshotSection, ReadonlyMap<string, string>>>;

/** What is not the same in two snapshots; a side that does not have it is absent. */
export interface SnapshotChange {
  readonly section: SnapshotSection;
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

export interface SnapshotRequest {
  readonly pid: number;
  readonly cgroup?: string;
}

/** Reads the files of a process below /proc and of the container's group, and asks ip(8) in its network namespace. */
export async function readSnapshot({ pid, cgroup }: SnapshotRequest): Promise<StopSnapshot> {
  const directory = `/proc/${pid}`;
  const none = new Map<string, string>();
  const group = cgroup === undefined ? {} : { cgroup };
  const { sysctls: _, limits, process, ...facts } = readProcessFacts({ directory, sysctls: none, ...group });
  const own = readProcessFacts({ directory: "/proc/self", sysctls: none }).namespaces;
  const isOfGroup = ([name]: readonly [string, string]) => /^[a-z]+\./.test(name);
  const member = process.get(membership) ?? "";
  return {
    ...facts,
    namespaces: new Map(
      [...facts.namespaces].map(([kind, id]) => [kind, own.get(kind) === id ? `${id}, brig's own` : id]),
    ),
    process: new Map([...process].filter(([name]) => name !== membership)),
    limits: new Map([...limits].filter((row) => !isOfGroup(row))),
    cgroup: new Map([["the process is in", member], ...[...limits].filter(isOfGroup)]),
    network: await readNetwork(pid),
  };
}

const membership = "control group";

async function readNetwork(pid: number): Promise<ReadonlyMap<string, string>> {
  const [nsenter, ip] = [findSystemProgram("nsenter"), findSystemProgram("ip")];
  if (nsenter === undefined || ip === undefined)
    return new Map([["not known", "the programs nsenter and ip are needed"]]);
  const ask = async (...words: readonly string[]): Promise<unknown> => {
    const said = await readTool(nsenter, [`--net=/proc/${pid}/ns/net`, ip, "-j", ...words]);
    if (said !== undefined) return said.trim() === "" ? [] : JSON.parse(said);
    throw new EngineError("fileSystem", `cannot look at the network of process ${pid}: it has ended, or ip has failed`);
  };
  return describeNetwork(await ask("addr"), [await ask("route"), await ask("-6", "route")]);
}

/** In the order of the sections; within one, first what there was before. */
export function compareSnapshots(before: StopSnapshot, after: StopSnapshot): readonly SnapshotChange[] {
  return snapshotSections.flatMap((section) => {
    const [old, fresh] = [before[section], after[section]];
    return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name): readonly SnapshotChange[] => {
      const [was, is] = [old.get(name), fresh.get(name)];
      if (was === is) return [];
      return [
        { section, name, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) },
      ];
    });
  });
}
