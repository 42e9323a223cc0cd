// npm run bench [-- PART...] [--rounds N] [--containers N] [--log-mib N] [--big] [--disk DIR] [--print|--check|--setup]:
// medians of interleaved runs, against what they should be and against other engines. What was measured is written into
// docs/BENCHMARKS.md, with a chart; --print only says it, --check compares it with what is written there and ends with 1 when
// brig has become slower against the same others, --setup only installs what is needed.
import { parseArgs } from "node:util";
import { openEngines } from "./bench/engines.mjs";
import { measureCommands } from "./bench/parts/commands.mjs";
import { measureExec } from "./bench/parts/exec.mjs";
import { measureFleet } from "./bench/parts/fleet.mjs";
import { measureHelper } from "./bench/parts/helper.mjs";
import { measureIsolation } from "./bench/parts/isolation.mjs";
import { measureJournal } from "./bench/parts/journal.mjs";
import { measureLifecycle } from "./bench/parts/lifecycle.mjs";
import { measureLogs } from "./bench/parts/logs.mjs";
import { measureMachine } from "./bench/parts/machine.mjs";
import { measureNetwork } from "./bench/parts/network.mjs";
import { measurePull } from "./bench/parts/pull.mjs";
import { measurePullAgain } from "./bench/parts/pullAgain.mjs";
import { measurePush, measureSave } from "./bench/parts/push.mjs";
import { compareWithCommitted } from "./bench/regressions.mjs";
import { describeMachine, readReport, writeReport } from "./bench/report.mjs";
import { cleanUp } from "./bench/root.mjs";
import { setUp } from "./setup.mjs";
import { runScript, StepFailure } from "./steps/command.mjs";

const parts = {
  commands: measureCommands,
  lifecycle: measureLifecycle,
  exec: measureExec,
  fleet: measureFleet,
  network: measureNetwork,
  logs: measureLogs,
  helper: measureHelper,
  isolation: measureIsolation,
  journal: measureJournal,
  machine: measureMachine,
  pull: measurePull("large"),
  "pull-layers": measurePull("layers"),
  "pull-files": measurePull("files"),
  "pull-zstd": measurePull("large-zstd"),
  "pull-files-zstd": measurePull("files-zstd"),
  "pull-shared": measurePull("shared"),
  "pull-again": measurePullAgain,
  push: measurePush,
  save: measureSave,
  "pull-huge": measurePull("huge", { keepsImages: false }),
};
/** Only with --big, or by name: gigabytes, and minutes. */
const big = ["pull-huge"];

const options = {
  rounds: { type: "string", default: "25" },
  containers: { type: "string", default: "200" },
  "log-mib": { type: "string", default: "1024" },
  big: { type: "boolean", default: false },
  disk: { type: "string" },
  print: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  setup: { type: "boolean", default: false },
};

await runScript(async (words) => {
  if (process.getuid() !== 0)
    throw new StepFailure("the measurements make containers, which needs root", "sudo npm run bench");
  const { values, positionals } = parseArgs({ args: words, allowPositionals: true, options });
  const chosen =
    positionals.length > 0 ? positionals : Object.keys(parts).filter((name) => values.big || !big.includes(name));
  const unknown = chosen.find((name) => parts[name] === undefined);
  if (unknown !== undefined) throw new StepFailure(`there is no part "${unknown}": ${Object.keys(parts).join(", ")}`);
  await setUp(["test", "bench"]);
  if (values.setup) return;
  let opened;
  const measured = [];
  const context = {
    rounds: count(values, "rounds"),
    containers: count(values, "containers"),
    logBytes: count(values, "log-mib") * 1024 * 1024,
    disk: values.disk,
    openEngines: () => (opened ??= openEngines()),
  };
  try {
    for (const name of chosen) {
      process.stdout.write(`measuring ${name}\n`);
      const machine = describeMachine(context.rounds);
      const text = `${await parts[name](context)}\n${machine}\n`;
      process.stdout.write(`${text}\n`);
      measured.push(text);
      if (!values.print && !values.check) writeReport(Object.keys(parts), new Map([[name, text]]));
    }
  } finally {
    await (await opened?.catch(() => undefined))?.close();
    cleanUp();
  }
  if (values.check) reportRegressions(measured.join("\n"));
});

function reportRegressions(measured) {
  const { text, regressions, compared } = compareWithCommitted(readReport(), measured);
  process.stdout.write(`${text}\n\n${compared} ratios compared, ${regressions} worse than the committed ones\n`);
  if (regressions > 0) process.exitCode = 1;
}

function count(values, name) {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new StepFailure(`--${name} takes a whole number above 0`);
}
