import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError, findSystemProgram } from "../base/index.ts";
import { bareChoice, type RunOptions } from "../container/index.ts";
import type { Engine } from "../engine.ts";
import type { LabRequest } from "./lab.ts";
import { labImage } from "./labImage.ts";
import type { LabDirectories } from "./labPlaces.ts";
import { machinePid, runOnMachine } from "./machineProcess.ts";

/** The name of the container that has something wrong with it. */
export const labContainer = "lab";

const settleMs = 400;

/** How a command in a container ended and what it said, both streams in one. */
export interface Said {
  readonly exitCode: number;
  readonly output: string;
}

/** What an exercise works with, on its lab's machine. */
export interface Scene {
  /** Of the lab's own roots. */
  readonly engine: Engine;
  readonly directories: LabDirectories;
  /** Keeps the lab's mount and network namespaces. */
  readonly machinePid: number;
  /** Runs a program of the system on the lab's machine, without output. Returns its status. */
  onMachine(argv: readonly [program: string, ...rest: string[]]): Promise<number>;
  /** Waits as long as a program may need to do what it does at its start. */
  settle(): Promise<void>;
  /** Starts one more container beside the lab's, afresh. */
  addContainer(name: string, request: LabRequest): Promise<void>;
  /** Runs a command in a container: the lab's own when none is named. */
  run(command: readonly string[], container?: string): Promise<Said>;
  /** What a container has written, once it has ended. */
  log(container?: string): Promise<string>;
  state(container?: string): Promise<SceneState>;
}

export interface SceneState {
  readonly running: boolean;
  /** 0 when it does not run. */
  readonly pid: number;
  readonly exitCode: number;
  /** Why it could not be started, in the engine's words. */
  readonly error: string;
}

/** The scene of a lab that is started; `machine` is the mark of its keeper. */
export function openScene(engine: Engine, directories: LabDirectories, machine: string): Scene {
  return {
    engine,
    directories,
    machinePid: machinePid(machine) ?? 0,
    onMachine: ([program, ...rest]) => {
      const argv = [findSystemProgram(program) ?? program, ...rest];
      return runOnMachine(machine, { argv, env: {}, cwd: "/", output: "none" });
    },
    settle: () => delay(settleMs),
    async addContainer(name, request) {
      await removeIfThere(engine, name);
      await engine.runDetached(completeRequest(name, request, directories));
    },
    run: (command, container = labContainer) => runIn({ engine, directories }, container, command),
    async log(container = labContainer) {
      await engine.wait(container);
      const pieces: Buffer[] = [];
      for await (const { bytes } of engine.logs({ nameOrId: container })) pieces.push(Buffer.from(bytes));
      return Buffer.concat(pieces).toString("utf8");
    },
    async state(container = labContainer) {
      const { State } = await engine.inspectContainer({ nameOrId: container, size: false });
      return { running: State.Running, pid: State.Pid, exitCode: State.ExitCode, error: State.Error };
    },
  };
}

/** The request of one of a lab's containers: of the lab's image, in its group, without a network unless it says so. */
export function completeRequest(name: string, request: LabRequest, { cgroupParent }: LabDirectories): RunOptions {
  return {
    image: labImage,
    name,
    pull: "never",
    stopTimeoutSec: 1,
    networks: [bareChoice("none")],
    ...request,
    limits: { cgroupParent, ...request.limits },
  };
}

async function runIn(
  { engine, directories }: Pick<Scene, "engine" | "directories">,
  container: string,
  command: readonly string[],
): Promise<Said> {
  const path = join(directories.runDirectory, "said");
  const [nothing, output] = [openSync("/dev/null", "r"), openSync(path, "w", 0o600)];
  try {
    const streams = { stdin: nothing, stdout: output, stderr: output, tty: false };
    const { exitCode } = await engine.exec({ options: { container, command }, streams });
    return { exitCode, output: readFileSync(path, "utf8") };
  } finally {
    closeSync(nothing);
    closeSync(output);
  }
}

/** Removes a container, running or not; one that is not there is fine. */
export async function removeIfThere(engine: Engine, name: string): Promise<void> {
  try {
    await engine.removeContainer(name, { force: true });
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "containerNotFound") throw error;
  }
}
