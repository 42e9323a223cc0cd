// The commands that a user waits for, above what Node itself takes.
import { brigPath } from "../../steps/project.mjs";
import { ms, section } from "../report.mjs";
import { makeRoot } from "../root.mjs";
import { compare } from "../timing.mjs";

const node = "node -e 0";

/** Without the other engines, whose daemons would run beside it. */
export async function measureCommands({ rounds }) {
  const { env, image } = await makeRoot("commands");
  const run = ["run", "--rm", "--network", "none", image, "true"];
  const results = await compare(
    {
      [node]: { argv: [process.execPath, "-e", "0"] },
      "brig images": { argv: [brigPath, "images"], env },
      "brig run --rm --network none IMAGE true": { argv: [brigPath, ...run], env },
    },
    { rounds },
  );
  const base = results[node].medianMs;
  const rows = Object.entries(results).map(([name, { medianMs, minMs }]) => [
    `\`${name}\``,
    ms(medianMs),
    ms(minMs),
    name === node ? "" : ms(medianMs - base),
    name.startsWith("brig run") ? "45 ms" : name.startsWith("brig images") ? "30 ms" : "",
  ]);
  const head = ["command", "median", "fastest", "above node", "at most"];
  return section("Commands, above what Node itself takes", head, rows);
}
