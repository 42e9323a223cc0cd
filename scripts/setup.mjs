// npm run setup: everything brig needs on this machine. Nothing is done twice; a second start takes a moment.
//   node scripts/setup.mjs [test|demo]
import { buildBundle } from "./steps/bundle.mjs";
import { runScript, StepFailure } from "./steps/command.mjs";
import { buildHelper } from "./steps/nativeHelper.mjs";
import { ensureNodeModules } from "./steps/nodeModules.mjs";
import { ensurePackages } from "./steps/systemPackages.mjs";

/** @param {readonly string[]} extraGroups groups of system packages beside those of the build and of brig itself */
export async function setUp(extraGroups = []) {
  checkNode();
  ensurePackages(["runtime", "build", ...extraGroups]);
  ensureNodeModules();
  buildHelper();
  await buildBundle();
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepFailure(`Node ${process.versions.node} is too old`, "install Node 20.19 or later");
}

if (process.argv[1] === import.meta.filename) await runScript((groups) => setUp(groups));
