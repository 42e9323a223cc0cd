// The tests that need a pure cgroup v2 host, in the throw-away machine of scripts/test-vm.mjs.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { projectRoot } from "../steps/project.mjs";

/** Runs the machine's tests and reads their totals from the line that they end with, which is not shown: one is enough. */
export async function machineStage() {
  const child = spawn(process.execPath, [join(projectRoot, "scripts/test-vm.mjs")], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  let totals;
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^(\d+) passed, (\d+) failed$/.exec(line);
    if (match === null) process.stdout.write(`${line}\n`);
    else totals = { passed: Number(match[1]), failed: Number(match[2]) };
  }
  const status = await ended;
  if (totals === undefined) return { passed: 0, failed: 1 };
  process.stdout.write(`vm: ${totals.passed} passed, ${totals.failed} failed\n`);
  return { ...totals, failed: status !== 0 && totals.failed === 0 ? 1 : totals.failed };
}
