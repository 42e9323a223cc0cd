// node scripts/vm/run.mjs [--engine uml|floor|selinux|tcg] [--mem 2G] [--cpus 2] [--disk 1G] [--rw DIR]... [--timeout 600] -- COMMAND...
//
// Runs a command in a throw-away machine with pure cgroup v2; see machine.mjs. Exits with the command's status, 124
// when the time is up, 125 when the machine failed.
import { parseArgs } from "node:util";
import { StepFailure } from "../steps/command.mjs";
import { runInMachine } from "./machine.mjs";

const usage =
  "usage: node scripts/vm/run.mjs [--engine NAME] [--mem 2G] [--cpus 2] [--disk 1G] [--rw DIR] [--timeout 600] -- COMMAND...\n";

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: "string", default: "uml" },
      mem: { type: "string", default: "2G" },
      cpus: { type: "string", default: "2" },
      disk: { type: "string" },
      rw: { type: "string", multiple: true, default: [] },
      timeout: { type: "string", default: "600" },
    },
  });
  if (positionals.length === 0) throw new StepFailure(`no command\n${usage}`);
  return runInMachine({
    engine: values.engine,
    memory: values.mem,
    cpus: Number(values.cpus),
    disk: values.disk,
    writable: values.rw,
    timeoutSeconds: Number(values.timeout),
    command: positionals,
    cwd: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof StepFailure) && !String(error.code).startsWith("ERR_PARSE_ARGS")) throw error;
  process.stderr.write(`test machine: ${error.message}\n`);
  process.exitCode = 125;
}
