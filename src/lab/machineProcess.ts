import { spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import {
  EngineError,
  isMarkAlive,
  processMark,
  readFileIfExists,
  requireSystemProgram,
  unlessGone,
} from "../base/index.ts";
import { readMounts } from "../host/index.ts";
import { signalProcess } from "../launch/index.ts";

/*
 * A lab's machine: a mount namespace and a network namespace, kept by a process that sleeps. Everything that a lab
 * starts is started inside of them, so the mounts and the network of the real machine are out of its reach.
 */

/** How long the sleeper may take to be there; it takes milliseconds. */
const patienceMs = 10_000;
const sigkill = 9;
const attempt = "make a lab";

/**
 * Makes the namespaces and the process that keeps them, with the loopback interface up. Returns its mark; the caller
 * ends it with `endMachine`.
 *
 * @throws EngineError `notOffered` without unshare(1), nsenter(1), sleep(1) and ip(8), `launchFailed`.
 */
export async function beginMachine(): Promise<string> {
  const [unshare, sleep] = [requireSystemProgram("unshare", attempt), requireSystemProgram("sleep", attempt)];
  const ip = requireSystemProgram("ip", attempt);
  const argv = ["--mount", "--net", "--propagation", "private", "--", sleep, "infinity"];
  const sleeper = spawn(unshare, argv, { stdio: "ignore", detached: true, env: {} });
  const failed = new Promise<never>((_, reject) => {
    sleeper.once("error", reject);
    sleeper.once("exit", () => reject(noNamespaces()));
  });
  failed.catch(() => undefined); // its later end is no failure
  const pid = sleeper.pid ?? 0;
  try {
    await Promise.race([failed, untilAsleep(pid)]);
    const machine = processMark(pid);
    const status = await runOnMachine(machine, { argv: [ip, "link", "set", "lo", "up"], env: {}, cwd: "/" });
    if (status !== 0) throw new EngineError("launchFailed", "cannot bring up the loopback interface of the lab");
    sleeper.unref();
    return machine;
  } catch (error) {
    sleeper.kill("SIGKILL"); // nobody else knows of it yet
    throw error;
  }
}

/** The program has replaced unshare(1) only after the namespaces were made. */
async function untilAsleep(pid: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const name = unlessGone(() => readFileIfExists(`/proc/${pid}/comm`)?.trim());
    if (name === "sleep") return;
    if (name === undefined || performance.now() > deadline) throw noNamespaces();
    await delay(2);
  }
}

function noNamespaces(): EngineError {
  return new EngineError("launchFailed", "cannot make the namespaces of the lab", {
    hint: "run brig as root, with CAP_SYS_ADMIN",
  });
}

/** The number of the process that keeps the namespaces; undefined when it is gone, as after a reboot. */
export function machinePid(machine: string): number | undefined {
  return isMarkAlive(machine) ? Number(machine.split(".")[0]) : undefined;
}

/** Whether this process is on that machine already. */
export function isOnMachine(machine: string): boolean {
  const pid = machinePid(machine);
  return pid !== undefined && readlinkSync("/proc/self/ns/net") === readlinkSync(`/proc/${pid}/ns/net`);
}

/** Ends the keeper of the namespaces; they go with the last process in them. Idempotent. */
export async function endMachine(machine: string, helperPath: string): Promise<void> {
  const pid = machinePid(machine);
  if (pid === undefined) return;
  const startTime = machine.split(".")[1] ?? "";
  await signalProcess({ helperPath, process: { pid, startTime }, number: sigkill });
}

export interface MachineCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The caller's own streams when left out. */
  readonly output?: "none";
}

/** Runs a program on the machine. Resolves with its status. @throws EngineError `wrongState`. */
export function runOnMachine(machine: string, { argv, env, cwd, output }: MachineCommand): Promise<number> {
  const pid = machinePid(machine);
  if (pid === undefined)
    throw new EngineError("wrongState", "the lab's namespaces are gone", { hint: "start it again" });
  const target = ["--target", String(pid), "--mount", "--net", `--wdns=${cwd}`, "--"];
  const child = spawn(requireSystemProgram("nsenter", attempt), [...target, ...argv], {
    stdio: output === "none" ? "ignore" : "inherit",
    env,
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** Takes away the mounts below a directory that are left on the machine. */
export async function unmountBelow(machine: string, directory: string): Promise<void> {
  const mounts = readMounts(`/proc/${machinePid(machine) ?? 0}`);
  const left = mounts.map(({ point }) => point).filter((point) => point.startsWith(`${directory}/`));
  if (left.length === 0) return;
  const argv = [
    requireSystemProgram("umount", attempt),
    "--lazy",
    ...left.sort((one, other) => other.length - one.length),
  ];
  const status = await runOnMachine(machine, { argv, env: {}, cwd: "/", output: "none" });
  if (status !== 0) throw new EngineError("busy", `cannot unmount what is left below "${directory}"`);
}
