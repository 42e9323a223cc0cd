import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BrigResult, brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../brig.ts";
import { busyboxLayout, multiLayerLayout, pushLayout } from "../fixtures.ts";
import { type RunningRegistry, startRegistry } from "../registry.ts";
import { startTicker, type Ticker } from "./ticker.ts";

/** Where the campaigns work: an image to run, one to pull, and a container that must not notice anything. */
export interface World {
  readonly root: TestRoot;
  /** In the store. */
  readonly image: string;
  /** In the registry only. */
  readonly remote: string;
  /** A file and a directory with files, to copy. */
  readonly files: string;
  readonly ticker: Ticker;
  dispose(): Promise<void>;
}

/** Makes the world. The caller ends with `dispose`. */
export async function createWorld(): Promise<World> {
  const root = createRoot();
  const registry = await startRegistry();
  try {
    const image = await push(registry, await busyboxLayout(), "busybox");
    const remote = await push(registry, await multiLayerLayout(), "multi");
    await brigOk(["pull", "-q", image], { root });
    // So that the directories of everything that can be are there.
    await brigOk(["run", "--rm", "--network", "none", "-v", "first:/x", image, "true"], { root });
    await brigOk(["volume", "rm", "first"], { root });
    const ticker = await startTicker(root, image);
    const dispose = async () => {
      await runBrig(["rm", "-f", "-v", "ticker", "subject"], { root });
      await registry.stop();
      disposeRoot(root);
    };
    return { root, image, remote, files: makeFiles(root), ticker, dispose };
  } catch (error) {
    await registry.stop();
    disposeRoot(root);
    throw error;
  }
}

async function push(registry: RunningRegistry, layout: string, name: string): Promise<string> {
  const reference = `${registry.address}/${name}:latest`;
  await pushLayout(layout, { tag: "latest", to: reference });
  return reference;
}

function makeFiles(root: TestRoot): string {
  const directory = join(root.directory, "files");
  mkdirSync(directory);
  for (let n = 0; n < 20; n += 1) writeFileSync(join(directory, `file-${n}`), `${n}\n`.repeat(5000));
  execFileSync("tar", ["-cf", join(root.directory, "import.tar"), "-C", directory, "."]);
  return directory;
}

export interface Interference {
  /** `rm.marked`. */
  readonly point: string;
  /** `kill`, `kill-parent`, `err:ENOSPC`, `delay:200`, `stop`. */
  readonly action: string;
}

/** What happens to whatever passes the point in a command and in what it starts. `hit` says whether something passed. */
export function interfere({ root }: Pick<World, "root">, { point, action }: Interference) {
  const trace = join(root.directory, "trace");
  writeFileSync(trace, "");
  return {
    env: { BRIG_FAIL: `${point}=${action}`, BRIG_FAIL_TRACE: trace },
    hit: () => readFileSync(trace, "utf8").split("\n").includes(point),
  };
}

/** The command and how it ended; what it says must be for people whatever happens. */
export async function runHere(
  { root }: Pick<World, "root">,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<BrigResult> {
  const result = await runBrig(words, { root, env });
  if (/^\s+at |node:internal|Error:/m.test(result.stderr)) throw new Error(`brig ${words.join(" ")}: ${result.stderr}`);
  return result;
}
