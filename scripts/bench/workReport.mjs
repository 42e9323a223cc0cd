// What compareWork measured, as a section.
import { mib, ms, section, times } from "./report.mjs";
import { summarise } from "./timing.mjs";

const head = ["tool", "median", "fastest", "of brig's", "with `sync -f`", "of brig's", "peak memory", "written"];
const durability =
  "brig's images are on the disk when it ends. Those of the others are when `sync -f` of their file system has ended, too: " +
  "the second median is with it, also for brig. Peak memory is the sum over the processes that work at a time, daemons " +
  "included; written is what they made dirty in files (`write_bytes`, proc_pid_io(5)).";

/** `names` are those of the rows where they are not the tools' own. */
export function workSection(title, results, { names = {}, notes = [] } = {}) {
  const measured = results.filter(({ plain }) => plain.length > 0);
  const brig = measured.find(({ name }) => name === "brig");
  const rows = measured.map(({ name, plain, synced, peakBytes, written }) => [
    names[name] ?? name,
    ms(summarise(plain).medianMs),
    ms(summarise(plain).minMs),
    ratio(plain, brig?.plain),
    ms(summarise(synced).medianMs),
    ratio(synced, brig?.synced),
    mib(peakBytes),
    mib(summarise(written).medianMs),
  ]);
  const failed = results
    .filter(({ plain }) => plain.length === 0)
    .map(({ name, failure }) => `${names[name] ?? name} could not do it: ${failure}`);
  const rounds = `Measured ${brig?.plain.length ?? 0} times.`;
  return section(title, head, rows, [durability, ...failed, ...notes, rounds]);
}

const ratio = (one, other) => (other === undefined ? "" : times(summarise(one).medianMs / summarise(other).medianMs));
