// Nothing may be left behind by tests: what test/support/leftovers.ts finds after a stage and not before it fails it.
import { bundleTests } from "./testFiles.mjs";

async function loadLeftovers() {
  const { bundled, dispose } = await bundleTests(["support/leftovers.ts"]);
  try {
    return await import(bundled.get("support/leftovers.ts"));
  } finally {
    dispose();
  }
}

export async function takeSnapshot() {
  const { snapshotHost } = await loadLeftovers();
  return snapshotHost();
}

export async function addLeftovers({ passed, failed }, { before, stage }) {
  const { findLeftovers } = await loadLeftovers();
  const leftovers = await findLeftovers(before);
  for (const leftover of leftovers) process.stdout.write(`FAILED left behind by the ${stage} tests: ${leftover}\n`);
  return leftovers.length === 0 ? { passed: passed + 1, failed } : { passed, failed: failed + leftovers.length };
}
