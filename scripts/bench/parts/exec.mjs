// `exec true` in a running container.
import { idleWords, removeWords, runEngine } from "../engines.mjs";
import { engineHead, engineRows, section } from "../report.mjs";
import { compare } from "../timing.mjs";

const name = "bench-exec";
const base = "node -e 0";

export async function measureExec({ rounds, openEngines }) {
  const { engines, notes } = await openEngines();
  for (const engine of engines) runEngine(engine, idleWords(engine, name));
  try {
    const candidates = engines.map((engine) => [
      engine.name,
      { argv: engine.argv(["exec", name, "true"]), env: engine.env },
    ]);
    const results = await compare(
      { [base]: { argv: [process.execPath, "-e", "0"] }, ...Object.fromEntries(candidates) },
      { rounds },
    );
    return section("`exec true`", engineHead, engineRows(results, { base, most: "45 ms" }), notes);
  } finally {
    for (const engine of engines) runEngine(engine, removeWords(engine, [name]));
  }
}
