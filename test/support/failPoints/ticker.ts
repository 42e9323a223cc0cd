import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brigOk, type TestRoot } from "../brig.ts";
import { startRunning } from "../runningContainer.ts";

/** How long the ticker may be silent. It ticks ten times a second; a machine with other work lets it wait. */
const longestSilenceMs = 15_000;

/** A container that counts, next to everything that is killed. */
export interface Ticker {
  readonly id: string;
  /** It is the same process as at the start (invariant I11). */
  checkAlive(): void;
  /** Its log has every number once, in order, and no long silence (I11). */
  checkLog(): Promise<void>;
}

const loop = "n=0; while :; do n=$((n+1)); echo $n; sleep 0.1; done";

export async function startTicker(root: TestRoot, image: string): Promise<Ticker> {
  const id = await startRunning(root, { name: "ticker", image, command: ["sh", "-c", loop] });
  const running = () => readFileSync(join(root.runRoot, "containers", id, "running.json"), "utf8");
  const first = running();
  return {
    id,
    checkAlive: () => {
      assert.equal(running(), first);
      const { process } = JSON.parse(first) as { readonly process: { readonly pid: number } };
      assert.match(readFileSync(`/proc/${process.pid}/stat`, "utf8"), /\) [SR] /);
    },
    checkLog: async () => {
      const { stdout } = await brigOk(["logs", "-t", "ticker"], { root });
      const lines = stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" "));
      assert.deepEqual(
        lines.map(([, number]) => number),
        lines.map((_, index) => String(index + 1)),
      );
      const times = lines.map(([time = ""]) => Date.parse(time));
      const silences = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      assert.ok(Math.max(...silences) < longestSilenceMs, `silent for ${Math.max(...silences)} ms`);
    },
  };
}
