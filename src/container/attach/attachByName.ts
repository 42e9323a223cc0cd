import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import { endsWithCaller } from "../fillDefaults.ts";
import { type AdoptionPlaces, tend, tendContainer } from "../lifecycle/adoptContainer.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { type LiveState, readLiveState } from "../state/liveState.ts";
import { observeContainer } from "../state/runningContainer.ts";
import { type AttachOutcome, type AttachStreams, attachContainer } from "./attachContainer.ts";

export interface AttachByNameRequest {
  readonly nameOrId: string;
  readonly streams: AttachStreams;
  /** The bytes that detach; the container's own when left out. */
  readonly detachKeys?: string;
  readonly sigProxy: boolean;
}

export type AttachReport =
  | Exclude<AttachOutcome, { readonly kind: "closed" }>
  | { readonly kind: "ended"; readonly exitCode: number };

/**
 * Attaches to a container that runs and resolves when it has ended, with its status, or when the caller lets go.
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentences, `usage` when the container has a terminal
 * and the caller does not, `interrupted` when the connection is lost while the container goes on.
 */
export async function attachByName(
  request: AttachByNameRequest,
  places: AdoptionPlaces & { readonly now: () => Date },
): Promise<AttachReport> {
  await tendContainer(request.nameOrId, places);
  const { record, paths, state } = observeContainer(places, request.nameOrId);
  requireAttachable(state);
  const options = readContainerOptions(paths.options);
  const { stdin, ...outputs } = request.streams;
  const hasInput = stdin !== undefined && options.interactive;
  if (hasInput && options.tty && !outputs.tty) {
    throw new EngineError("usage", "the input device is not a TTY", {
      hint: "use --no-stdin: the container has a terminal, and stdin is a pipe or a file here",
      details: { exitStatus: 1 },
    });
  }
  await tellContainer(record, { action: "attach" }, places);
  const attach = {
    runRoot: places.runRoot,
    id: record.id,
    streams: hasInput ? { ...outputs, stdin } : outputs,
    terminal: options.tty,
    detachKeys: request.detachKeys ?? options.detachKeys,
    sigProxy: request.sigProxy,
    endsInput: endsWithCaller(options),
  };
  let outcome = await attachContainer(attach);
  // A monitor that was killed has closed the payload's input with it; the output goes on with the next one.
  while (outcome.kind === "closed" && (await isAdoptable(record.id, places))) {
    await tend(record.id, places);
    outcome = await attachContainer({ ...attach, streams: outputs });
  }
  if (outcome.kind === "inputEnded") return outcome;
  if (outcome.kind === "detached") await tellContainer(record, { action: "detach" }, places);
  if (outcome.kind !== "closed") return outcome;
  return { kind: "ended", exitCode: exitCodeOf(observeContainer(places, record.id).state) };
}

/** A process closes what it has open some moments before others can see that it has died. */
async function isAdoptable(id: string, places: AdoptionPlaces): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const state = readLiveState({ ...places, id });
    if (state.status !== "running" && state.status !== "paused") return state.status === "dead";
    if (state.monitor === undefined) return true;
    if (performance.now() > deadline) return false;
    await delay(pauseMs);
  }
}

const [pauseMs, patienceMs] = [5, 500];

function requireAttachable({ status }: LiveState): void {
  const refusal = refusals[status];
  if (refusal !== undefined) {
    throw new EngineError("wrongState", `You cannot attach to a ${refusal}`, {
      hint: "brig ps --all shows what each container does",
    });
  }
}

const refusals: Readonly<Record<LiveState["status"], string | undefined>> = {
  running: undefined,
  created: "stopped container, start it first",
  exited: "stopped container, start it first",
  dead: "stopped container, start it first",
  paused: "paused container, unpause it first",
  restarting: "restarting container, wait until it is running",
};

function exitCodeOf(state: LiveState): number {
  if (state.status === "exited") return state.exit.exitCode ?? 128 + (state.exit.signal ?? 0);
  if (state.status !== "running" && state.status !== "paused") return 255;
  throw new EngineError("interrupted", "the connection to the container was closed while it goes on", {
    hint: "its monitor was ended, or what it wrote was read too slowly; brig logs shows what it wrote",
    details: { exitStatus: 1 },
  });
}
