import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { startFaultRegistry } from "../support/faultRegistry.ts";
import { runnableImage } from "../support/runnableImage.ts";
import { mountSmallDisk, type SmallDisk } from "../support/smallDisk.ts";

const levels = 20;
/** More than the image takes with its blobs and its layers, so that the last levels have room for it. */
const roomiest = 12 << 20;

interface Setting {
  readonly disk: SmallDisk;
  readonly root: TestRoot;
  readonly reference: string;
  /** A `save` of the image. */
  readonly archive: string;
}

async function setting(t: TestContext): Promise<Setting> {
  const scratch = createRoot();
  let mounted: SmallDisk | undefined;
  t.after(async () => {
    await mounted?.unmount();
    disposeRoot(scratch);
  });
  const disk = await mountSmallDisk(scratch.directory, 32 << 20);
  mounted = disk;
  const registry = await startFaultRegistry(runnableImage(randomBytes(2 << 20)), () => false);
  t.after(() => registry.stop());
  const reference = `${registry.address}/app`;
  await brigOk(["pull", "-q", reference], { root: scratch });
  const archive = join(scratch.directory, "saved.tar");
  await brigOk(["save", "-o", archive, reference], { root: scratch });
  return { disk, root: { ...scratch, root: join(disk.directory, "root") }, reference, archive };
}

function entries(root: TestRoot, name: string): readonly string[] {
  const directory = join(root.root, name);
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** No blob that is not what its name says, no tree without a record, nothing under way. */
function checkStore(root: TestRoot, when: string): void {
  for (const hex of entries(root, "images/blobs/sha256")) {
    const bytes = readFileSync(join(root.root, "images/blobs/sha256", hex));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), hex, when);
  }
  for (const layer of entries(root, "layers").filter((name) => !name.startsWith("."))) {
    assert.ok(existsSync(join(root.root, "layers", layer, "layer.json")), `${layer} ${when}`);
  }
  assert.deepEqual(entries(root, "layers/.staging"), [], when);
}

for (const verb of ["pull", "load"] as const) {
  test(`a ${verb} onto a disk that is full at ${levels} levels ends with an image or with the reason, and spoils nothing`, async (t) => {
    const { disk, root, reference, archive } = await setting(t);
    const words = verb === "pull" ? ["pull", "-q", reference] : ["load", "-q", "-i", archive];
    const outcomes: number[] = [];
    await brigOk(words, { root });
    await brigOk(["rmi", reference], { root });
    for (let level = 0; level < levels; level += 1) {
      const when = `with level ${level} of ${levels}`;
      disk.fill(Math.round((level * roomiest) / (levels - 1)));
      const { code, stderr } = await runBrig(words, { root });
      outcomes.push(code);
      if (code !== 0) assert.match(stderr, /no space left on the device \(ENOSPC\)\nhint: /, when);
      checkStore(root, when);
      disk.fill();
      // Whoever has no room left must be able to make some.
      const removal = level % 2 === 0 ? ["rmi", reference] : ["system", "prune", "-a", "-f"];
      if (code === 0) await brigOk(removal, { root });
      disk.free();
    }
    assert.ok(outcomes[0] !== 0 && outcomes.at(-1) === 0, outcomes.join(" "));
    const check = await runBrig(["system", "check", "--deep"], { root });
    assert.equal(check.code, 0, check.stdout);
    await brigOk(words, { root });
    const once = await brigOk(["run", "--rm", "--pull", "never", "--network", "none", reference], { root });
    assert.equal(once.stdout, "runs\n");
  });
}
