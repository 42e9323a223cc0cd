// Interleaved timing: one round runs every candidate once, so that what else the machine does hits them alike.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { StepFailure, showCommand } from "../steps/command.mjs";

/**
 * @param {Record<string, {argv: string[], env?: object, cwd?: string, prepare?: () => void, cleanUp?: () => void}>} candidates
 * @returns {Promise<Record<string, {medianMs: number, minMs: number, runs: number, times: number[]}>>} `times` has one for each
 * round, in their order: what two candidates took in the same round can be set against each other
 */
export async function compare(candidates, { rounds, warmUps = 2 }) {
  const times = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (let round = 0; round < rounds + warmUps; round++) {
    for (const [name, candidate] of Object.entries(candidates)) {
      candidate.prepare?.();
      const { milliseconds } = await timeOnce(candidate);
      candidate.cleanUp?.();
      if (round >= warmUps) times[name].push(milliseconds);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, { ...summarise(list), times: list }]));
}

export function summarise(list) {
  const sorted = list.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const medianMs = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { medianMs, minMs: sorted[0], runs: sorted.length };
}

/** From just before the spawn to the end of the process, with the peak memory of it and its descendants when asked. */
export function timeOnce({ argv, env, cwd, input }, { memory = false } = {}) {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    let said = "";
    const started = process.hrtime.bigint();
    const child = spawn(program, args, {
      cwd,
      env: env ?? { PATH: process.env.PATH, HOME: "/root" },
      stdio: ["ignore", "ignore", "pipe", ...(input === undefined ? [] : ["pipe"])],
    });
    // The other end stays open: a helper whose caller goes away ends its container.
    if (input !== undefined)
      child.stdio[3]
        .on("error", () => undefined)
        .on("data", () => undefined)
        .write(input);
    const watch = memory ? watchMemory(child.pid) : undefined;
    child.stderr.on("data", (text) => {
      said = (said + text).slice(-2000);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
      const peakBytes = watch?.();
      if (code === 0) resolve({ milliseconds, peakBytes });
      else reject(new StepFailure(`"${showCommand(program, args)}" ended with ${signal ?? code}: ${said}`));
    });
  });
}

/** Samples the peak resident set (VmHWM, proc_pid_status(5)) of a process tree; returns the sum over its processes. */
export function watchMemory(root) {
  const peaks = new Map();
  const sample = () => {
    for (const pid of treeOf(root)) {
      const match = /^VmHWM:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${pid}/status`));
      if (match !== null) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, Number(match[1]) * 1024));
    }
  };
  const timer = setInterval(sample, 20);
  return () => {
    clearInterval(timer);
    return [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0);
  };
}

/** A process and its descendants. */
export function treeOf(pid) {
  const children = readTasks(pid).flatMap((task) =>
    readIfThere(`/proc/${pid}/task/${task}/children`).trim().split(" "),
  );
  return [pid, ...children.filter((child) => child !== "").flatMap((child) => treeOf(Number(child)))];
}

function readTasks(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended
  }
}
