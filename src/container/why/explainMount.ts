import { EngineError, readBoundedFile, unlessDamaged } from "../../base/index.ts";
import { maxMountBytes, parseMounts } from "../compare/parseMounts.ts";
import { type JournalCall, readStartJournal } from "../journal/startJournal.ts";
import { cleanPath } from "../options/containerPath.ts";
import type { RecordedMount } from "../state/containerRecord.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { requireRunning } from "../state/runningContainer.ts";
import { volumeContent } from "../state/volumes.ts";
import type { Explanation } from "./explanation.ts";

export interface MountQuestion {
  /** A path inside the container, absolute; its links are not followed. */
  readonly path: string;
  readonly container: string;
}

/**
 * What is at a path inside a container that runs: which mount shows it, where that comes from, and which steps of the
 * start made it.
 *
 * @throws EngineError `invalidValue` for a path that is not absolute, and as `requireRunning`.
 */
export function explainMount({ path: asked, container }: MountQuestion, places: StatePlaces): Explanation {
  if (!asked.startsWith("/") || asked.includes("\0")) {
    throw new EngineError("invalidValue", `${JSON.stringify(asked.slice(0, 200))} is no absolute path in a container`);
  }
  const path = cleanPath(asked);
  const { record, paths, state } = requireRunning(places, container);
  const file = {
    path: `/proc/${state.process.pid}/mountinfo`,
    maxBytes: maxMountBytes,
    what: "the mounts of a container",
  };
  const mounts = parseMounts(readBoundedFile(file).toString("utf8"));
  const point = coveringMount(path, [...mounts.keys()]);
  const calls = unlessDamaged(() => readStartJournal(paths.journal))?.calls ?? [];
  const asKept = record.mounts.find(({ target }) => target === point);
  const of = path === point ? "" : ` is below ${point}, which`;
  return {
    name: `${path} in ${record.name}`,
    why: `it${of} is ${mounts.get(point) ?? "not mounted by anything that can be seen"}`,
    more: [
      ...(asKept === undefined ? [] : [sourceSentence(asKept, places.root)]),
      ...(point === "/" ? [`what it writes there is kept in ${paths.upper}`] : []),
      ...stepSentences(calls, point),
    ],
    ...(calls.length === 0 ? {} : { hint: `brig explain ${record.name} shows every call of its start` }),
  };
}

/** The longest mount point that the path is at or below. */
function coveringMount(path: string, points: readonly string[]): string {
  const covers = (point: string) => point === "/" || path === point || path.startsWith(`${point}/`);
  return points.filter(covers).reduce((longest, point) => (point.length > longest.length ? point : longest), "/");
}

function sourceSentence({ kind, source, readOnly, anonymous, subpath }: RecordedMount, root: string): string {
  const access = readOnly ? "read-only" : "writable";
  if (kind === "tmpfs") return `a tmpfs was asked for there, ${access}: it is gone with the container's end`;
  if (kind === "bind") return `the host's ${source} was asked for there, ${access}`;
  const part = subpath === undefined ? "" : `, of which ${subpath} is shown`;
  const name = anonymous ? `a volume without a name (${source})` : `the volume ${source}`;
  return `${name} was asked for there, ${access}${part}; its files are in ${volumeContent(root, source)}`;
}

/** Steps are named after what they are about: `mnt./data`, `mask./proc/kcore`. */
function stepSentences(calls: readonly JournalCall[], point: string): readonly string[] {
  const about = (step: string) =>
    step.slice(step.indexOf(".") + 1) === point || (point === "/" && step.startsWith("root."));
  const steps = [...new Set(calls.map(({ step }) => step))].filter(about);
  return steps.flatMap((step) => {
    const own = calls.filter((call) => call.step === step);
    const [first] = own;
    if (first === undefined) return [];
    const names = [...new Set(own.map(({ call }) => call))].join(", ");
    return [`step ${step} of its start, by ${names}: ${first.why}`];
  });
}
