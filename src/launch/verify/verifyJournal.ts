import type { StepReport } from "../stepReport.ts";
import { type CallView, isFork } from "./callView.ts";
import { countTold, withoutCall } from "./recordedCalls.ts";
import { isRelevant, unrecordedReason } from "./relevantCalls.ts";
import { showTraced } from "./tracedArgs.ts";
import type { TracedCall } from "./tracedCall.ts";
import { helperProcesses, type LaunchTrace, type TracedProcess } from "./tracedProcesses.ts";

/** One thing in which journal and kernel differ. */
export type Disagreement =
  | { readonly kind: "unseen"; readonly index: number; readonly record: StepReport }
  | { readonly kind: "unrecorded"; readonly pid: number; readonly call: string };

/** What came of setting a journal beside the kernel's view of the same launch. */
export interface JournalVerification {
  /** Records that the kernel confirms. */
  readonly confirmed: number;
  /** How many calls the kernel saw of the processes of the helper. */
  readonly traced: number;
  /** Of them those that make or bound a container; each is told by a record. */
  readonly relevant: number;
  readonly disagreements: readonly Disagreement[];
}

export interface VerifyRequest {
  /** Every record up to the start of the payload, or, when it was not started, up to the end of the helper. */
  readonly records: readonly StepReport[];
  readonly trace: LaunchTrace;
  readonly started: boolean;
}

/**
 * Sets a journal beside a system-call trace of the same launch. Each record must be found in the order of its process,
 * with the same arguments, result and errno; and each call that makes or bounds a container must be told by one. Pure.
 */
export function verifyJournal({ records, trace, started }: VerifyRequest): JournalVerification {
  const processes = helperProcesses(trace, started);
  const told = new Map(processes.map((process) => [process, new Set<TracedCall>()]));
  const lanes = new Set<TracedProcess>();
  const unseen: Disagreement[] = [];
  for (const lane of lanesOf(records)) {
    const best = processes
      .filter((process) => !lanes.has(process))
      .map((process) => followLane(lane, process, processes))
      .reduce<FollowedLane>((one, other) => (other.unseen.length < one.unseen.length ? other : one), {
        along: [],
        told: [],
        unseen: lane,
      });
    for (const process of best.along) lanes.add(process);
    for (const { process, call } of best.told) told.get(process)?.add(call);
    unseen.push(
      ...best.unseen.map((record): Disagreement => ({ kind: "unseen", index: records.indexOf(record), record })),
    );
  }
  const relevant = processes.flatMap((process) => relevantCalls(process, lanes.has(process)));
  const unrecorded = relevant.filter(({ process, call }) => told.get(process)?.has(call) !== true);
  return {
    confirmed: records.length - unseen.length,
    traced: processes.reduce((sum, { calls }) => sum + calls.length, 0),
    relevant: relevant.length,
    disagreements: [
      ...unseen,
      ...unrecorded.map(({ process, call }) => ({
        kind: "unrecorded" as const,
        pid: process.pid,
        call: showTraced(call),
      })),
    ],
  };
}

/** The records of one process each, in its order: `child` and `init` are two phases of the same one. */
function lanesOf(records: readonly StepReport[]): readonly (readonly StepReport[])[] {
  const lanes = new Map<string, StepReport[]>();
  for (const record of records) {
    const { process, step } = record;
    const monitor = process === "end" || (process === "host" && step === "monitor");
    const name = monitor ? "monitor" : process === "init" ? "child" : process;
    lanes.set(name, [...(lanes.get(name) ?? []), record]);
  }
  return [...lanes.values()].sort((one, other) => other.length - one.length); // a short one could be a part of a long one
}

interface ToldCall {
  readonly process: TracedProcess;
  readonly call: TracedCall;
}

interface FollowedLane {
  readonly along: readonly TracedProcess[];
  readonly told: readonly ToldCall[];
  readonly unseen: readonly StepReport[];
}

/** Looks for the records among the calls of a process and, where one is not found any more, of what that began. */
function followLane(
  lane: readonly StepReport[],
  process: TracedProcess,
  processes: readonly TracedProcess[],
): FollowedLane {
  const told: ToldCall[] = [];
  const unseen: StepReport[] = [];
  const children = processes.filter(({ parent }) => parent?.process === process);
  let at = 0;
  for (const [index, record] of lane.entries()) {
    if (withoutCall.has(record.call)) continue;
    const found = findRecord(record, { process, at, children });
    if (found !== undefined) {
      told.push(...found.told);
      at = found.next;
      continue;
    }
    const heir =
      index > 0
        ? children.find(
            (child) => child.parent !== undefined && child.parent.at >= at - 1 && firstOf(child, record, processes),
          )
        : undefined;
    if (heir !== undefined) {
      const rest = followLane(lane.slice(index), heir, processes);
      return { along: [process, ...rest.along], told: [...told, ...rest.told], unseen: [...unseen, ...rest.unseen] };
    }
    unseen.push(record);
  }
  return { along: [process], told, unseen };
}

function firstOf(process: TracedProcess, record: StepReport, processes: readonly TracedProcess[]): boolean {
  const children = processes.filter(({ parent }) => parent?.process === process);
  return findRecord(record, { process, at: 0, children }) !== undefined;
}

interface Place {
  readonly process: TracedProcess;
  readonly at: number;
  readonly children: readonly TracedProcess[];
}

function findRecord(record: StepReport, { process, at, children }: Place) {
  const { calls } = process;
  const begunBy = (call: TracedCall) =>
    children.find(({ parent }) => parent !== undefined && calls[parent.at] === call);
  for (let index = at; index < calls.length; index += 1) {
    const count = countTold(record, { calls, at: index, executedBy: (call) => begunBy(call)?.executed });
    if (count === 0) continue;
    const own = calls.slice(index, index + count).map((call) => ({ process, call }));
    return { told: [...own, ...own.flatMap(({ call }) => toldOfTool(call, begunBy(call)))], next: index + count };
  }
  return undefined;
}

/** What a process does to become a tool is told by the record of the tool. */
function toldOfTool(call: TracedCall, process: TracedProcess | undefined): readonly ToldCall[] {
  if (process?.executed === undefined || !isFork(call)) return [];
  return process.calls.map((own) => ({ process, call: own }));
}

function relevantCalls(process: TracedProcess, isLane: boolean): readonly ToldCall[] {
  const { calls } = process;
  return calls.flatMap((call, at) => {
    const view: CallView = { calls, at, executedBy: () => undefined };
    return isRelevant(view) && unrecordedReason(call, isLane) === undefined ? [{ process, call }] : [];
  });
}
