// The helper alone again, in the throw-away machine: crun starts on pure cgroup v2 only.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../../steps/project.mjs";

/** The part `helper` as it is measured inside; its data root is on the machine's own disk. */
export async function measureMachine({ rounds }) {
  const inside = [process.execPath, join(projectRoot, "scripts/bench.mjs"), "helper", "--print", "--rounds"];
  const output = execFileSync(
    process.execPath,
    [join(projectRoot, "scripts/vm/run.mjs"), "--engine", "uml", "--disk", "2G", "--", ...inside, String(rounds)],
    {
      cwd: projectRoot,
      env: { ...process.env, BRIG_BENCH_DIR: "/disk/bench" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const table = output.slice(output.indexOf("## "));
  return table
    .replace(/^## .*$/m, "## The helper alone on pure cgroup v2: in a machine with a user-mode kernel")
    .trimEnd();
}
