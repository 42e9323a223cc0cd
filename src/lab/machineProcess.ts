import { spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError, findSystemProgram, isMarkAlive, processMark } from "../base/index.ts";
import { signalProcess } from "../launch/index.ts";

/*
 * A lab's machine: a mount namespace and a network namespace, kept by a process that sleeps. Everything that a lab
 * starts is started inside of them, so the mounts and the network of the real machine are out of its reach.
 */

/** How long the sleeper may take to be there; it takes milliseconds. */
const patienceMs = 10_000;
const sigkill = 9;

/**
 * Makes the namespaces and the process that keeps them, with the loopback interface up. Returns its mark; the caller
 * ends it with `endMachine`.
 *
 * @throws EngineError `notOffered` without unshare(1), nsenter(1), sleep(1) and ip(8), `launchFailed`.
 */
export async function beginMachine(): Promise<string> {
  const argv = ["--mount", "--net", "--propagation", "private", "--", required("sleep"), "infinity"];
  const sleeper = spawn(required("unshare"), argv, { stdio: "ignore", detached: true, env: {} });
  const failed = new Promise<never>((_, reject) => {
    sleeper.once("error", reject);
    sleeper.once("exit", () => reject(new EngineError("launchFailed", "cannot make the namespaces of the lab")));
  });
  failed.catch(() => undefined); // its later end is no failure
  await Promise.race([failed, untilAsleep(sleeper.pid ?? 0)]);
  sleeper.unref();
  const machine = processMark(sleeper.pid ?? 0);
  const up = [required("ip"), "link", "set", "lo", "up"];
  if ((await runOnMachine(machine, { argv: up, env: {}, cwd: "/" })) === 0) return machine;
  throw new EngineError("launchFailed", "cannot bring up the loopback interface of the lab");
}

/** The program has replaced unshare(1) only after the namespaces were made. */
async function untilAsleep(pid: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "sleep") {
    if (performance.now() > deadline) throw new EngineError("launchFailed", "cannot make the namespaces of the lab");
    await delay(2);
  }
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
  const child = spawn(required("nsenter"), [...target, ...argv], {
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
  const mounts = readFileSync(`/proc/${machinePid(machine) ?? 0}/mountinfo`, "utf8").split("\n");
  // The fifth field, proc_pid_mountinfo(5); the directories of a lab hold no characters that would be escaped.
  const left = mounts.map((line) => line.split(" ")[4] ?? "").filter((path) => path.startsWith(`${directory}/`));
  if (left.length === 0) return;
  const argv = [required("umount"), "--lazy", ...left.sort((one, other) => other.length - one.length)];
  const status = await runOnMachine(machine, { argv, env: {}, cwd: "/", output: "none" });
  if (status !== 0) throw new EngineError("busy", `cannot unmount what is left below "${directory}"`);
}

function required(name: string): string {
  const path = findSystemProgram(name);
  if (path !== undefined) return path;
  throw new EngineError("notOffered", `a lab needs the program "${name}", which this system lacks`, {
    hint: "install util-linux, coreutils and iproute2",
  });
}
