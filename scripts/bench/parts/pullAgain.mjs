// Pulling what is there already: a question to the registry, and nothing else.
import { prepare, withImageTools } from "../imageTools.mjs";
import { engineHead, engineRows, section } from "../report.mjs";
import { compare } from "../timing.mjs";

export function measurePullAgain({ rounds, disk }) {
  return withImageTools({ shape: "layers", disk }, async ({ tools, references, place, note }) => {
    const asked = tools.filter(({ name }) => name !== "skopeo");
    for (const tool of asked) prepare(tool.pull(references));
    const base = "node -e 0";
    const candidates = {
      [base]: { argv: place.enter([process.execPath, "-e", "0"]) },
      ...Object.fromEntries(asked.map((tool) => [tool.name, tool.pull(references)[0][0]])),
    };
    const results = await compare(candidates, { rounds });
    for (const tool of asked) tool.clear(references);
    const rows = engineRows(results, { base, most: "30 ms" });
    return section("Pull of twelve layers that are there already", engineHead, rows, [note]);
  });
}
