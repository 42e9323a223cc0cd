import { EngineError, unlessDamaged } from "../../base/index.ts";
import { mountOf, readMounts } from "../../host/index.ts";
import { loadMessages, loadReasons } from "../../messages/index.ts";
import { describeMount } from "../compare/describeMounts.ts";
import { type JournalCall, readStartJournal } from "../journal/startJournal.ts";
import { cleanPath } from "../options/containerPath.ts";
import type { RecordedMount } from "../state/containerRecord.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { requireRunning } from "../state/runningContainer.ts";
import { volumeContent } from "../state/volumes.ts";
import type { AskedIn, Explanation, WhyMessages } from "./explanation.ts";

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
export async function explainMount(
  { path: asked, container }: MountQuestion,
  places: StatePlaces & AskedIn,
): Promise<Explanation> {
  if (!asked.startsWith("/") || asked.includes("\0")) {
    throw new EngineError("invalidValue", `${JSON.stringify(asked.slice(0, 200))} is no absolute path in a container`);
  }
  const path = cleanPath(asked);
  const { record, paths, state } = requireRunning(places, container);
  const seen = mountOf(path, readMounts(`/proc/${state.process.pid}`));
  const point = seen?.point ?? "/";
  const calls = unlessDamaged(() => readStartJournal(paths.journal))?.calls ?? [];
  const asKept = record.mounts.find(({ target }) => target === point);
  const words = (await loadMessages("why", places.language)).mount;
  const say = await loadReasons(places.language);
  const mount = seen === undefined ? words.unseen : describeMount(seen);
  return {
    name: words.name({ path, container: record.name }),
    why: path === point ? words.at({ mount }) : words.below({ point, mount }),
    more: [
      ...(asKept === undefined ? [] : [sourceSentence(asKept, places.root, words)]),
      ...(point === "/" ? [words.written({ path: paths.upper })] : []),
      ...stepsAbout(calls, point).map(({ why, ...step }) => words.step({ ...step, reason: say(why) })),
    ],
    ...(calls.length === 0 ? {} : { hint: words.hint({ container: record.name }) }),
  };
}

function sourceSentence(mount: RecordedMount, root: string, words: WhyMessages["mount"]): string {
  const { kind, source, subpath: part } = mount;
  const access = mount.readOnly ? words.readOnly : words.writable;
  if (kind === "tmpfs") return words.tmpfs({ access });
  if (kind === "bind") return words.bind({ source, access });
  const volume = mount.anonymous ? words.nameless({ volume: source }) : words.named({ volume: source });
  const shown = { volume, access, directory: volumeContent(root, source) };
  return part === undefined ? words.volume(shown) : words.volumePart({ ...shown, part });
}

interface MountStep {
  readonly step: string;
  /** The names of its calls. */
  readonly calls: string;
  readonly why: string;
}

/** Steps are named after what they are about: `mnt./data`, `mask./proc/kcore`. */
function stepsAbout(calls: readonly JournalCall[], point: string): readonly MountStep[] {
  const about = (step: string) =>
    step.slice(step.indexOf(".") + 1) === point || (point === "/" && step.startsWith("root."));
  const steps = [...new Set(calls.map(({ step }) => step))].filter(about);
  return steps.flatMap((step) => {
    const own = calls.filter((call) => call.step === step);
    const names = [...new Set(own.map(({ call }) => call))].join(", ");
    return own.slice(0, 1).map(({ why }) => ({ step, calls: names, why }));
  });
}
