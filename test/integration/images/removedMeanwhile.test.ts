import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { unpackImage } from "../../../src/container/run/unpackImage.ts";
import { openImageStore } from "../../../src/image/index.ts";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { assertFaultless } from "../../support/faultless.ts";
import { type FaultRegistry, startFaultRegistry } from "../../support/faultRegistry.ts";
import { helperPath } from "../../support/projectPaths.ts";
import { runnableImage } from "../../support/runnableImage.ts";

let root: TestRoot;
let registry: FaultRegistry;
let reference: string;

before(async () => {
  root = createRoot();
  registry = await startFaultRegistry(runnableImage(randomBytes(1000)));
  reference = `${registry.address}/app`;
});

after(async () => {
  await registry.stop();
  disposeRoot(root);
});

const layersAway = () => rmSync(join(root.root, "layers"), { recursive: true });
const net = ["--network", "none", "--ulimit", "nofile=1024:1024"];

test("an image that was removed after it was found is said to be, and one whose blobs were lost is not", async () => {
  await brigOk(["pull", "-q", reference], { root });
  const images = join(root.root, "images");
  const image = openImageStore(images).resolve(reference);
  assert.ok(image !== undefined);
  await brigOk(["rmi", reference], { root });
  const unpack = () => unpackImage({ root: root.root, helperPath }, image);
  await assert.rejects(unpack(), {
    code: "imageNotFound",
    message: `No such image: ${reference}:latest: it was removed meanwhile`,
  });
  await brigOk(["pull", "-q", reference], { root });
  layersAway();
  for (const { digest } of image.manifest.layers) rmSync(openImageStore(images).blobPath(digest));
  await assert.rejects(unpack(), { code: "storeCorrupt" });
  await brigOk(["rmi", reference], { root });
});

/** Whatever of it was there when the other began: the container runs, or is told why not, and nothing is left of it. */
async function race(remove: readonly string[]): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    await brigOk(["pull", "-q", reference], { root });
    if (round % 2 === 1) layersAway(); // as another tool would have copied it: then its blobs are needed
    const begin = [
      () => runBrig(["run", "--rm", "--pull", "never", ...net, reference], { root }),
      () => runBrig(remove, { root }),
    ] as const;
    const [run, removed] =
      round % 4 < 2
        ? await Promise.all([begin[0](), begin[1]()])
        : await Promise.all([begin[1](), begin[0]()]).then(([second, first]) => [first, second] as const);
    if (run.code === 0) assert.equal(run.stdout, "runs\n");
    else assert.match(run.stderr, new RegExp(`No such image: ${reference}(:latest: it was removed meanwhile)?$`, "m"));
    assert.ok(removed.code === 0 || /is using|is being used|image is in use/.test(removed.stderr), removed.stderr);
    assert.equal((await brigOk(["ps", "-aq"], { root })).stdout, "");
    await brigOk(["image", "prune", "-a", "-f"], { root });
    assertFaultless(await brigOk(["system", "check", "--deep"], { root }));
  }
}

test("a run that meets image prune -a starts, or says that the image is gone", () =>
  race(["image", "prune", "-a", "-f"]));

test("a run that meets rmi -f starts, or says that the image is gone", () => race(["rmi", "-f", reference]));
