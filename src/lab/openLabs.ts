import { existsSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError, errnoOf, makeDirectory, removeDirectory } from "../base/index.ts";
import { offeredControllers, requireController } from "../cgroups/index.ts";
import { createEngine, helperPathOf, ownProgram, rootsOf } from "../createEngine.ts";
import type { EngineSettings } from "../engine.ts";
import { type HostFacts, probeHost } from "../host/index.ts";
import type { LaunchPlan } from "../launch/index.ts";
import { putBack } from "./alterPlan.ts";
import type { Controller, Lab, LabRequest, Text, Verdict } from "./lab.ts";
import { makeLabImage } from "./labImage.ts";
import { forgetLab, type LabDirectories, type LabPlaces, labDirectories, readLab, writeLab } from "./labPlaces.ts";
import { labs } from "./labTable.ts";
import {
  beginMachine,
  endMachine,
  isOnMachine,
  type MachineCommand,
  machinePid,
  runOnMachine,
  unmountBelow,
} from "./machineProcess.ts";
import { completeRequest, labContainer, openScene, removeIfThere, type Scene } from "./scene.ts";

export interface LabSummary {
  readonly lab: Lab;
  readonly isStarted: boolean;
  /** The controllers that the lab needs and this host does not give to cgroup v2. */
  readonly missing: readonly Controller[];
}

/** How a container of a lab was started. */
export interface LabStart {
  /** Why it was not, in the engine's words; what follows from it is often the exercise. */
  readonly failure?: string;
}

/** What a learner does about a lab: steps to put back, or other flags of `run`. */
export type Repair =
  | { readonly kind: "steps"; readonly steps: readonly string[] }
  | { readonly kind: "flags"; readonly request: LabRequest };

/**
 * The labs of an engine. Each has roots of its own below those of the engine and, while it is started, a mount and a
 * network namespace: its machine. The members of the second group are called there; `relay` gets a caller there.
 */
export interface Labs {
  list(): readonly LabSummary[];
  /** The next hint; the last one again when there is no other. @throws EngineError `wrongState` unless it is started. */
  hint(lab: Lab): { readonly text: Text; readonly number: number };
  /** Makes a fresh machine; whatever there was of the lab goes. @throws EngineError `controllerUnavailable`, `notRoot`. */
  begin(lab: Lab): Promise<void>;
  /** Takes everything of a lab away. Idempotent; returns false when there was nothing. */
  end(lab: Lab): Promise<boolean>;
  isOnMachine(lab: Lab): boolean;
  /** Runs a program on the lab's machine, with its status. @throws EngineError `wrongState` unless it is started. */
  relay(lab: Lab, command: MachineCommand): Promise<number>;
  directories(lab: Lab): LabDirectories;
  /** How brig is started, and the directory of that program. */
  readonly program: readonly string[];
  readonly programDirectory: string;
  /** Of the engine that the labs belong to. */
  readonly places: Pick<LabPlaces, "root" | "runRoot">;

  /** Makes the image, what the lab needs, and the container with its fault. */
  setUp(lab: Lab): Promise<LabStart>;
  /** Starts the container again, with the learner's repair. @throws EngineError `usage`, `invalidValue`. */
  fix(lab: Lab, repair: Repair): Promise<LabStart>;
  /** As `fix`, with the answer. */
  solve(lab: Lab): Promise<LabStart>;
  check(lab: Lab): Promise<Verdict>;
}

/** Nothing is made or read before a member is called. */
export function openLabs(settings: EngineSettings): Labs {
  const places = { settings, ...rootsOf(settings) };
  const at = (lab: Lab) => labDirectories(places, lab.number);
  return {
    list: () => labs.map((lab) => summaryOf(lab, places)),
    hint: (lab) => nextHint(lab, at(lab)),
    begin: (lab) => begin(lab, places),
    end: (lab) => end(at(lab), places),
    isOnMachine: (lab) => isOnMachine(readLab(at(lab))?.machine ?? ""),
    relay: (lab, command) => runOnMachine(machineOf(lab, at(lab)), command),
    directories: at,
    program: ownProgram(),
    programDirectory: dirname(ownProgram()[1]),
    places,
    setUp: (lab) => setUp(lab, places),
    fix: (lab, repair) => start(lab, repair, places),
    solve: (lab) => start(lab, answerOf(lab), places),
    check: (lab) => lab.check(sceneOf(lab, places)),
  };
}

function probe({ root, runRoot, settings }: LabPlaces): HostFacts {
  return probeHost({ dataRoot: root, runRoot, helperPath: helperPathOf(settings) });
}

function summaryOf(lab: Lab, places: LabPlaces): LabSummary {
  const { cgroup } = probe(places);
  const offered = offeredControllers(cgroup);
  return {
    lab,
    isStarted: machinePid(readLab(labDirectories(places, lab.number))?.machine ?? "") !== undefined,
    missing: (lab.needs ?? []).filter((name) => !offered.includes(name)),
  };
}

function nextHint(lab: Lab, directories: LabDirectories): { readonly text: Text; readonly number: number } {
  const record = readLab(directories);
  if (record === undefined) throw notStarted(lab);
  const number = Math.min(record.hints + 1, lab.hints.length);
  const text = lab.hints[number - 1];
  if (text === undefined) throw new Error(`lab ${lab.number} has no hints`);
  writeLab(directories, { ...record, hints: number });
  return { text, number };
}

async function begin(lab: Lab, places: LabPlaces): Promise<void> {
  const { cgroup } = probe(places);
  for (const name of lab.needs ?? []) requireController(cgroup, name, `the limits of lab ${lab.number}`);
  const directories = labDirectories(places, lab.number);
  await end(directories, places);
  for (const directory of [directories.directory, directories.runDirectory, directories.files]) {
    makeDirectory(directory, 0o700);
  }
  writeLab(directories, { machine: await beginMachine(), hints: 0 });
}

function notStarted({ number }: Lab): EngineError {
  return new EngineError("wrongState", `lab ${number} is not started`, { hint: `use: brig lab start ${number}` });
}

function machineOf(lab: Lab, directories: LabDirectories): string {
  const machine = readLab(directories)?.machine;
  if (machine === undefined || machinePid(machine) === undefined) throw notStarted(lab);
  return machine;
}

async function end(directories: LabDirectories, places: LabPlaces): Promise<boolean> {
  const record = readLab(directories);
  if (record !== undefined) {
    // After a reboot the machine is gone, and the containers are not: they must be put away without the real network.
    const machine = machinePid(record.machine) === undefined ? await beginMachine() : record.machine;
    await removeContainers(machine, directories, places);
    await endMachine(machine, helperPathOf(places.settings));
  }
  const wasThere = existsSync(directories.directory);
  forgetLab(directories);
  for (const directory of [directories.runDirectory, directories.directory]) removeDirectory(directory);
  for (const directory of [dirname(directories.runDirectory), dirname(directories.directory)]) removeEmpty(directory);
  const { cgroup } = probe(places);
  if (cgroup.mountPoint !== undefined) {
    removeEmpty(cgroup.mountPoint + directories.cgroupParent);
    removeEmpty(cgroup.mountPoint + dirname(directories.cgroupParent));
  }
  return wasThere;
}

/** By brig itself, on the lab's machine: their networks are there. */
async function removeContainers(machine: string, directories: LabDirectories, places: LabPlaces): Promise<void> {
  await unmountBelow(machine, directories.root);
  const settings = settingsOf(directories, places);
  const ids = (await createEngine(settings).containers({ all: true })).map(({ id }) => id);
  if (ids.length === 0) return;
  const roots = ["--config=", "--root", directories.root, "--run-root", directories.runRoot];
  const argv = [...ownProgram(), ...roots, "rm", "--force", "--volumes", ...ids];
  const { helperPath } = settings;
  const env = { ...(helperPath === undefined ? {} : { BRIG_HELPER: helperPath }) };
  const status = await runOnMachine(machine, { argv, env, cwd: "/", output: "none" });
  if (status !== 0) throw new EngineError("busy", "cannot remove the containers of the lab");
}

/** Another lab may be in it. */
function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EBUSY"].includes(errnoOf(error) ?? "")) throw error;
  }
}

function sceneOf(lab: Lab, places: LabPlaces): Scene {
  const directories = labDirectories(places, lab.number);
  return openScene(createEngine(settingsOf(directories, places)), directories, machineOf(lab, directories));
}

function settingsOf({ root, runRoot }: LabDirectories, { settings }: LabPlaces): EngineSettings {
  const { helperPath } = settings;
  return { root, runRoot, ...(helperPath === undefined ? {} : { helperPath }) };
}

async function setUp(lab: Lab, places: LabPlaces): Promise<LabStart> {
  const scene = sceneOf(lab, places);
  await makeLabImage(scene.engine);
  const broken: Repair =
    lab.fault.kind === "steps" ? { kind: "steps", steps: [] } : { kind: "flags", request: lab.fault.broken.request };
  return start(lab, broken, places);
}

function answerOf({ fault }: Lab): Repair {
  if (fault.kind === "steps") return { kind: "steps", steps: fault.answer };
  return { kind: "flags", request: fault.answer.request };
}

async function start(lab: Lab, repair: Repair, places: LabPlaces): Promise<LabStart> {
  if (repair.kind === "flags") refuseMachine(repair.request);
  const altered = alteration(lab, repair);
  const scene = sceneOf(lab, places);
  await unmountBelow(readLab(scene.directories)?.machine ?? "", scene.directories.root);
  await removeIfThere(scene.engine, labContainer);
  await lab.prepare?.(scene);
  const { directories } = scene;
  const own = repair.kind === "flags" ? repair.request : {};
  const request = completeRequest(labContainer, mergeRequests(lab.request, own), directories);
  const engine = createEngine({ ...settingsOf(directories, places), ...altered });
  try {
    await engine.runDetached(request);
    return {};
  } catch (error) {
    if (!(error instanceof EngineError) || !isOfTheLab(error)) throw error;
    return { failure: error.message };
  }
}

/** What a lab does in its container must not reach the real machine, whatever flags a learner tries. */
function refuseMachine({ pid, ipc, userns, privileged, networks = [], mounts = [], devices = [] }: LabRequest): void {
  const shared = [pid, ipc, userns, ...networks.map(({ network }) => network)].includes("host");
  const shown = mounts.some(({ kind }) => kind === "bind") || devices.length > 0;
  if (!shared && !shown && privileged !== true) return;
  throw new EngineError("usage", "a container of a lab shares no namespace, file or device with the machine", {
    hint: "the answer needs nothing of that kind",
  });
}

/** A container that cannot be started is often what a lab is about; what was written wrongly is not. */
function isOfTheLab({ code }: EngineError): boolean {
  return code === "launchFailed" || code === "commandNotFound" || code === "commandNotExecutable";
}

function mergeRequests(base: LabRequest, more: LabRequest): LabRequest {
  return { ...base, ...more, limits: { ...base.limits, ...more.limits } };
}

function alteration({ fault }: Lab, repair: Repair): Pick<EngineSettings, "alterPlan"> {
  if (fault.kind !== repair.kind) throw wrongRepair(fault.kind);
  if (fault.kind === "flags" || repair.kind === "flags") return {};
  return { alterPlan: (whole: LaunchPlan) => putBack(whole, fault.breakPlan(whole), repair.steps) };
}

/** What says that a lab is repaired in another way; `kind` is the lab's own. */
export function wrongRepair(kind: Repair["kind"]): EngineError {
  return kind === "steps"
    ? new EngineError("usage", "this lab is repaired with the names of steps, not with flags", {
        hint: "brig lab fix NUMBER STEP...",
      })
    : new EngineError("usage", "this lab is repaired with flags of run, not with steps", {
        hint: "brig lab fix NUMBER [FLAGS]",
      });
}
