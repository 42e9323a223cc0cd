// npm run endurance [-- --runs N] [--minutes M]: `brig run --rm IMAGE true` over and over (10,000 times unless said
// otherwise, or until the time is over), and whether anything grows by that. Ends with 1 when something does.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { findGrowth, growthTable } from "./endurance/growth.mjs";
import { makeRoot } from "./endurance/root.mjs";
import { takeSample } from "./endurance/sample.mjs";
import { setUp } from "./setup.mjs";
import { runScript, StepFailure } from "./steps/command.mjs";

const options = { runs: { type: "string", default: "10000" }, minutes: { type: "string", default: "600" } };
/** Caches fill and directories appear in the first runs. */
const warmUps = 20;
const samples = 40;

function runOnce(root) {
  const { status, stderr } = spawnSync(
    root.command[0],
    [...root.command.slice(1), "run", "--rm", "--network", "none", root.image, "true"],
    {
      encoding: "utf8",
      env: root.env,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  if (status !== 0) throw new StepFailure(`a run ended with ${status}: ${stderr}`);
}

await runScript(async (words) => {
  if (process.getuid() !== 0) throw new StepFailure("containers need root", "sudo npm run endurance");
  const { values } = parseArgs({ args: words, options });
  const [runs, minutes] = [Number(values.runs), Number(values.minutes)];
  if (!(runs > 0 && minutes > 0)) throw new StepFailure("--runs and --minutes take numbers above 0");
  await setUp();
  const root = makeRoot();
  try {
    for (let n = 0; n < warmUps; n += 1) runOnce(root);
    const [started, taken] = [Date.now(), [takeSample(root, 0)]];
    const every = Math.max(1, Math.floor(runs / samples));
    let done = 0;
    while (done < runs && Date.now() - started < minutes * 60_000) {
      runOnce(root);
      done += 1;
      if (done % every === 0) taken.push(takeSample(root, done));
      if (done % (every * 10) === 0) process.stdout.write(`${done} of ${runs}\n`);
    }
    taken.push(takeSample(root, done));
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(`\n${done} runs in ${seconds} s\n\n${growthTable(taken)}\n`);
    const growing = findGrowth(taken);
    for (const line of growing) process.stdout.write(`FAILED ${line}\n`);
    return growing.length === 0 ? 0 : 1;
  } finally {
    root.dispose();
  }
});
