// The native helper alone against other runtimes.
import { compareHelper } from "../helperAlone.mjs";
import { ms, section } from "../report.mjs";

export async function measureHelper({ rounds, openEngines }) {
  const { env, image } = await openEngines();
  const results = await compareHelper({ env, image, rounds });
  const reference = results["runc run"];
  const rows = Object.entries(results).map(([name, { medianMs, minMs }]) => [
    name,
    ms(medianMs),
    ms(minMs),
    reference === undefined ? "" : (medianMs / reference.medianMs).toFixed(2),
  ]);
  return section(
    "The helper alone: from its start to the end of `true`",
    ["runtime", "median", "fastest", "of runc"],
    rows,
  );
}
