// Measuring work that several processes share: time, peak memory, bytes written, and what is left to write to the disk.
import { readFileSync, writeFileSync } from "node:fs";
import { runQuiet, StepFailure } from "../steps/command.mjs";
import { timeOnce, treeOf, watchMemory } from "./timing.mjs";

/** No part may take longer than this, so that one can wait for it: fewer rounds are measured then. */
const mostMs = 270_000;

/**
 * Measures candidates in turn, at most `rounds` times. Each has `lanes`, which run at the same time, of steps, which
 * follow each other; `daemons`, which work for it; `clear`, which is not timed. One that fails is not measured again, and
 * `failure` says why. `synced` is the time with a sync(1) of the
 * file system of `directory` behind it.
 */
export async function compareWork(candidates, { rounds, directory }) {
  const results = new Map(
    candidates.map(({ name }) => [name, { name, plain: [], synced: [], peakBytes: 0, written: [] }]),
  );
  const started = performance.now();
  for (let round = 0; round < rounds && (round === 0 || timeIsLeft(started, round)); round++) {
    for (const candidate of candidates) {
      const result = results.get(candidate.name);
      if (result.failure !== undefined) continue;
      candidate.clear();
      runQuiet("sync", ["-f", directory]); // what one candidate has left to write must not be paid by the next
      try {
        await measureInto(result, candidate, directory);
      } catch (error) {
        if (!(error instanceof StepFailure)) throw error;
        const [, said = error.message] = error.message.split('" ended with ', 2); // the command is known
        result.failure = `it ended with ${said.split("\n").join(" ").slice(0, 200).trim()}`;
      }
      candidate.clear();
    }
  }
  return [...results.values()];
}

function timeIsLeft(started, roundsDone) {
  const spent = performance.now() - started;
  return spent + spent / roundsDone < mostMs;
}

async function measureInto(result, candidate, directory) {
  const { milliseconds, peakBytes, writtenBytes } = await measureWork(candidate);
  const before = performance.now();
  runQuiet("sync", ["-f", directory]);
  result.plain.push(milliseconds);
  result.synced.push(milliseconds + performance.now() - before);
  result.peakBytes = Math.max(result.peakBytes, peakBytes);
  result.written.push(writtenBytes);
}

async function measureWork({ lanes, daemons }) {
  for (const pid of daemons) writeFileSync(`/proc/${pid}/clear_refs`, "5"); // forget the peak (proc_pid_clear_refs(5))
  const watches = daemons.map(watchMemory);
  let watched = [];
  const [wrote, started] = [writtenBy(daemons), performance.now()];
  const peaks = await Promise.all(lanes.map(runLane)).finally(() => {
    watched = watches.map((end) => end());
  });
  const milliseconds = performance.now() - started;
  const writtenBytes = writtenBy(daemons) - wrote;
  const peakBytes = [...peaks, ...watched].reduce((sum, bytes) => sum + bytes, 0);
  return { milliseconds, peakBytes, writtenBytes };
}

async function runLane(steps) {
  let peak = 0;
  for (const step of steps) peak = Math.max(peak, (await timeOnce(step, { memory: true })).peakBytes);
  return peak;
}

/** Pages made dirty by the daemons and by what this process has started; of children once they have ended. */
function writtenBy(daemons) {
  const read = (pid) => Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))[1]);
  return [process.pid, ...daemons.flatMap(treeOf)].reduce((sum, pid) => sum + read(pid), 0);
}
