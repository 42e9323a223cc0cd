// A long log: how fast it is kept and how fast `logs` hands it out, in bytes of what the container wrote.
import { removeWords, runEngine } from "../engines.mjs";
import { mib, section, times } from "../report.mjs";
import { compare, timeOnce } from "../timing.mjs";

const name = "bench-logs";
const line = "a line as programs write them, with some words and numbers in it 0123456789 0123456789 0123456789";
/** The file that each engine can read back, without a limit of its size. */
const drivers = { brig: ["json-file", "max-size=-1"], docker: ["json-file"], podman: ["k8s-file"] };

export async function measureLogs({ rounds, logBytes, openEngines }) {
  const { engines, notes } = await openEngines();
  const writing = {};
  const made = [];
  try {
    for (const engine of engines) {
      made.push(engine);
      const { milliseconds } = await timeOnce({ argv: engine.argv(writeWords(engine, logBytes)), env: engine.env });
      writing[engine.name] = rate(logBytes, milliseconds);
    }
    const candidates = engines.map((engine) => [engine.name, { argv: engine.argv(["logs", name]), env: engine.env }]);
    const reading = await compare(Object.fromEntries(candidates), {
      rounds: Math.max(1, Math.ceil(rounds / 8)),
      warmUps: 1,
    });
    const rows = engines.map(({ name: engine }) => [
      engine,
      mbps(writing[engine]),
      mbps(rate(logBytes, reading[engine].medianMs)),
      times(reading[engine].medianMs / reading.brig.medianMs),
      engine === "brig" ? "200 MB/s" : "",
    ]);
    const head = ["engine", "`run` that writes it", "`logs`", "time of brig's `logs`", "at least"];
    return section(`A log of ${mib(logBytes)}, in lines of ${line.length + 1} bytes`, head, rows, notes);
  } finally {
    for (const engine of made) runEngine(engine, removeWords(engine, [name]));
  }
}

function writeWords({ name: engine, runFlags, image }, bytes) {
  const [driver, ...options] = drivers[engine];
  const log = ["--log-driver", driver, ...options.flatMap((option) => ["--log-opt", option])];
  const script = `yes '${line}' | head -c ${bytes}`;
  return ["run", "--name", name, ...runFlags, "--network", "none", ...log, image, "sh", "-c", script];
}

const rate = (bytes, milliseconds) => bytes / 1e6 / (milliseconds / 1000);
const mbps = (value) => `${value.toFixed(0)} MB/s`;
