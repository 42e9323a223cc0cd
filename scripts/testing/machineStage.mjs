// The tests that need a pure cgroup v2 host, in the throw-away machine of scripts/test-vm.mjs.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../steps/project.mjs";

/** Runs the machine's tests and reads their totals from the last line they print. */
export async function machineStage() {
  const child = spawn(process.execPath, [join(projectRoot, "scripts/test-vm.mjs")], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let tail = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    process.stdout.write(text);
    tail = (tail + text).slice(-4096);
  });
  const status = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const match = /^(\d+) passed, (\d+) failed$/.exec(tail.trimEnd().split("\n").at(-1) ?? "");
  if (match === null) return { passed: 0, failed: 1 };
  const failed = Number(match[2]);
  return { passed: Number(match[1]), failed: status !== 0 && failed === 0 ? 1 : failed };
}
