// A detached container from nothing to running to nothing.
import { idleWords, removeWords, runEngine } from "../engines.mjs";
import { engineHead, engineRows, section } from "../report.mjs";
import { compare } from "../timing.mjs";

const name = "bench-one";

export async function measureLifecycle({ rounds, openEngines }) {
  const { engines, notes } = await openEngines();
  const up = engines.map((engine) => [
    engine.name,
    {
      argv: engine.argv(idleWords(engine, name)),
      env: engine.env,
      cleanUp: () => runEngine(engine, removeWords(engine, [name])),
    },
  ]);
  const down = engines.map((engine) => [
    engine.name,
    {
      argv: engine.argv(removeWords(engine, [name])),
      env: engine.env,
      prepare: () => runEngine(engine, idleWords(engine, name)),
    },
  ]);
  const head = engineHead.slice(0, 4);
  const table = async (title, candidates, more) => {
    const results = await compare(Object.fromEntries(candidates), { rounds });
    return section(
      title,
      head,
      engineRows(results, {}).map((row) => row.slice(0, 4)),
      more,
    );
  };
  return [
    await table("`run -d`, until the payload runs", up, []),
    await table("`rm -f` of a running container", down, notes),
  ].join("\n");
}
