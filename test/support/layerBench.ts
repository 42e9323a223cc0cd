import { chmodSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseDiffId } from "../../src/oci/index.ts";
import { type LayerStore, openLayerStore, removeTree } from "../../src/overlay/index.ts";
import { helperPath, testDirectory } from "./projectPaths.ts";

/** A layer store in a directory of its own, with a tree beside it that no layer may touch. */
export interface LayerBench {
  readonly directory: string;
  readonly canary: string;
  readonly root: string;
  readonly store: LayerStore;
  readonly staging: string;
}

/** From the directory that a layer is unpacked in to the canary, for whoever follows "..". */
export const wayToCanary = "../../../../../canary";

/** Makes a bench; it is removed when the test is over. */
export function makeLayerBench(t: TestContext): LayerBench {
  const directory = mkdtempSync(join(testDirectory(), "layers-"));
  t.after(() => removeTree({ helperPath, path: directory }));
  const canary = join(directory, "canary");
  mkdirSync(join(canary, "dir/below"), { recursive: true });
  writeFileSync(join(canary, "victim"), "untouched\n");
  writeFileSync(join(canary, "dir/victim"), "untouched\n");
  chmodSync(join(canary, "victim"), 0o600);
  symlinkSync("victim", join(canary, "link"));
  const root = join(directory, "root");
  const store = openLayerStore(root, { helperPath });
  return { directory, canary, root, store, staging: join(root, "layers/.staging") };
}

let serial = 0;

/** A diffId that no other layer of this process has. The store trusts its caller that it is the right one. */
export function freshDiffId() {
  serial += 1;
  return parseDiffId(`sha256:${serial.toString(16).padStart(64, "0")}`);
}

/** Unpacks a whole archive and resolves with the directory; puts everything away when it fails. */
export async function unpackArchive(store: LayerStore, archive: Uint8Array, diffId = freshDiffId()): Promise<string> {
  const intake = await store.begin(diffId);
  try {
    for (let at = 0; at < archive.length; at += 65_536) await intake.write(archive.subarray(at, at + 65_536));
    await intake.commit();
  } catch (error) {
    await intake.abort();
    throw error;
  }
  return store.treePath(diffId);
}

/** What is left in the staging directory: nothing, whenever no unpacking is under way. */
export function stagingLeftovers(bench: LayerBench): readonly string[] {
  return readdirSync(bench.staging);
}
