// Many idle containers: how long they take to come and to go, what `ps` takes with them, and what they keep in memory.
import { idleWords, removeWords } from "../engines.mjs";
import { privateMemory } from "../memory.mjs";
import { engineHead, engineRows, kib, mib, section } from "../report.mjs";
import { compare, timeOnce } from "../timing.mjs";

const base = "node -e 0";
/** As many as there are processors on a small machine; a queue is the same for all engines. */
const atOnce = 2;

export async function measureFleet({ rounds, containers, openEngines }) {
  const { engines, notes } = await openEngines();
  const names = Array.from({ length: containers }, (_, index) => `fleet-${index + 1}`);
  const [up, down, memory] = [{}, {}, []];
  const standing = [];
  try {
    for (const engine of engines) {
      standing.push(engine);
      up[engine.name] = await timed(() => startAll(engine, names));
    }
    const results = await compare(
      {
        [base]: { argv: [process.execPath, "-e", "0"] },
        ...Object.fromEntries(engines.map((engine) => [engine.name, { argv: engine.argv(["ps"]), env: engine.env }])),
      },
      { rounds },
    );
    for (const engine of engines) memory.push(memoryRow(engine, containers));
    for (const engine of engines) {
      down[engine.name] = await timed(() =>
        timeOnce({ argv: engine.argv(removeWords(engine, names)), env: engine.env }),
      );
      standing.shift();
    }
    return [
      section(`${containers} containers: \`run -d\`, ${atOnce} at a time`, head, rows(up)),
      section(`${containers} containers: \`rm -f\` with all their names`, head, rows(down)),
      section(`\`ps\` with ${containers} containers`, engineHead, engineRows(results, { base, most: "60 ms" })),
      section("Private memory of what stays with an idle container", memoryHead, memory, [
        "Private pages of `smaps_rollup`; the second column is of processes that an engine has once.",
        ...notes,
      ]),
    ].join("\n");
  } finally {
    for (const engine of standing)
      await timeOnce({ argv: engine.argv(removeWords(engine, names)), env: engine.env }).catch(() => undefined);
  }
}

const head = ["engine", "once", "of brig's"];
const memoryHead = ["engine", "a container", "besides", "containers"];

function rows(results) {
  const one = (milliseconds) => ({ medianMs: milliseconds, minMs: milliseconds });
  const all = Object.fromEntries(Object.entries(results).map(([name, value]) => [name, one(value)]));
  return engineRows(all, {}).map(([name, median, , ratio]) => [name, median, ratio]);
}

async function timed(act) {
  const started = process.hrtime.bigint();
  await act();
  return Number(process.hrtime.bigint() - started) / 1e6;
}

async function startAll(engine, names) {
  const waiting = [...names];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      await timeOnce({ argv: engine.argv(idleWords(engine, name)), env: engine.env });
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function memoryRow(engine, containers) {
  const { each, once, found } = privateMemory(engine.keepers);
  if (found !== containers) throw new Error(`${engine.name}: ${found} processes keep ${containers} containers`);
  return [engine.name, kib(each / found), once === 0 ? "nothing" : mib(once), String(containers)];
}
