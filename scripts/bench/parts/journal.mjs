// What keeping the journal adds to a launch.
import { runQuiet } from "../../steps/command.mjs";
import { buildJournalVariants } from "../journalBuilds.mjs";
import { ms, section } from "../report.mjs";
import { makeRoot } from "../root.mjs";
import { compare, summarise } from "../timing.mjs";

const names = {
  whole: "brig as it is",
  unkept: "a build that keeps nothing of what the helper reports",
  silent: "a build that keeps nothing, with a helper that reports no call",
};

const notes = [
  "`run --network none IMAGE true`, from the start of the process to its end, by three builds of the same sources in turn; brig itself cannot be told to keep no journal. The second build differs in one file, which collects the records and writes `journal.json`; the third has a helper besides in which the function that formats and sends a record returns at once for a call that succeeded (the two clocks that each call is timed by are read in all three). What the journal costs is what the first took longer than another one in the same round: the median of these. Beside the third build, that is what reporting, reading and keeping cost together.",
];

export async function measureJournal({ rounds }) {
  const { env, image } = await makeRoot("journal");
  const builds = await buildJournalVariants();
  const candidate = (program) => ({
    argv: [program, "run", "--name", "bench", "--network", "none", image, "true"],
    env,
    cleanUp: () => runQuiet(program, ["rm", "bench"], { env }),
  });
  const results = await compare(
    Object.fromEntries(Object.entries(builds).map(([build, program]) => [names[build], candidate(program)])),
    { rounds },
  );
  const whole = results[names.whole];
  const rows = Object.entries(results).map(([name, { medianMs, minMs, times }]) => {
    const cost = summarise(whole.times.map((time, round) => time - times[round])).medianMs;
    const isWhole = name === names.whole;
    return [name, ms(medianMs), ms(minMs), ...(isWhole ? ["", ""] : [ms(cost), share(cost / whole.medianMs)])];
  });
  const head = ["", "median", "fastest", "the journal costs", "of a launch"];
  return section("What the journal adds to a launch", head, rows, notes);
}

/** What the journal may add to a launch. */
const most = 0.02;

const percent = (part) => `${(100 * part).toFixed(1)} %`;

const share = (part) => `${percent(part)} (at most ${percent(most)}: ${part <= most ? "kept" : "MISSED"})`;
