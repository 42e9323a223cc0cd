import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  brigCommand,
  brigEnvironment,
  brigOk,
  createRoot,
  disposeRoot,
  runBrig,
  type TestRoot,
} from "../../support/brig.ts";
import { type FaultRegistry, type ServedImage, startFaultRegistry } from "../../support/faultRegistry.ts";
import { runnableImage } from "../../support/runnableImage.ts";

function ownRoot(t: TestContext): TestRoot {
  const root = createRoot();
  t.after(() => disposeRoot(root));
  return root;
}

interface HeldRegistry extends FaultRegistry {
  readonly image: ServedImage;
  readonly reference: string;
  /** Lets the layer through, which until then comes half. */
  release(): void;
  /** Resolves when `count` requests by this method were seen: for the layer, or with HEAD for the name. */
  asked(method: "GET" | "HEAD", count: number): Promise<void>;
}

/** A registry that holds every layer in the middle until it is told to go on. */
async function held(t: TestContext): Promise<HeldRegistry> {
  const image = runnableImage(randomBytes(400_000));
  let [isHeld, go] = [true, (): void => undefined];
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const registry = await startFaultRegistry(image, ({ method, url }, response) => {
    if (method !== "GET" || url !== image.layerPath || !isHeld) return false;
    const half = image.layer.length >> 1;
    response.writeHead(200, { "content-length": image.layer.length });
    response.write(image.layer.subarray(0, half));
    void gate.then(() => response.end(image.layer.subarray(half)));
    return true;
  });
  t.after(() => registry.stop());
  const count = (method: string) =>
    registry.seen.filter((each) => each.method === method && (method === "HEAD" || each.url === image.layerPath))
      .length;
  return {
    ...registry,
    image,
    reference: `${registry.address}/app`,
    release: () => {
      isHeld = false;
      go();
    },
    asked: async (method, wanted) => {
      while (count(method) < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

async function runs(root: TestRoot, reference: string): Promise<void> {
  const { stdout } = await brigOk(["run", "--rm", "--pull", "never", "--network", "none", reference], { root });
  assert.equal(stdout, "runs\n");
}

test("two pulls of one image at once: one downloads, and both have it", async (t) => {
  const [root, registry] = [ownRoot(t), await held(t)];
  const one = brigOk(["pull", "-q", registry.reference], { root });
  await registry.asked("GET", 1);
  const other = brigOk(["pull", "-q", registry.reference], { root });
  await registry.asked("HEAD", 2);
  registry.release();
  assert.equal((await one).stdout, (await other).stdout);
  assert.equal(registry.count("GET", registry.image.layerPath), 1);
  await runs(root, registry.reference);
});

test("a run of an image that is being pulled waits for it", async (t) => {
  const [root, registry] = [ownRoot(t), await held(t)];
  const pull = brigOk(["pull", "-q", registry.reference], { root });
  await registry.asked("GET", 1);
  const run = brigOk(["run", "--rm", "--network", "none", registry.reference], { root });
  await registry.asked("HEAD", 2);
  registry.release();
  await pull;
  assert.equal((await run).stdout, "runs\n");
  assert.equal(registry.count("GET", registry.image.layerPath), 1);
});

test("rmi and prunes during a pull end at once and take nothing away from it", async (t) => {
  const [root, before, registry] = [ownRoot(t), await held(t), await held(t)];
  before.release();
  await brigOk(["pull", "-q", before.reference], { root });
  const pull = brigOk(["pull", "-q", registry.reference], { root });
  await registry.asked("GET", 1);
  const [base = ""] = layerDigests(registry.image);
  while (!existsSync(join(root.root, "images/blobs/sha256", base))) await new Promise((go) => setTimeout(go, 5));
  await brigOk(["rmi", before.reference], { root });
  await brigOk(["image", "prune", "-a", "-f"], { root });
  await brigOk(["system", "prune", "-a", "-f"], { root });
  assert.equal((await runBrig(["rmi", registry.reference], { root })).code, 1);
  registry.release();
  await pull;
  assert.equal(registry.count("GET", registry.image.layerPath), 1);
  await runs(root, registry.reference);
  await brigOk(["image", "prune", "-f"], { root });
  const blobs = readdirSync(join(root.root, "images/blobs/sha256"));
  const wanted = [...registry.image.documents.keys()].flatMap((path) => /sha256:(.*)/.exec(path)?.[1] ?? []);
  assert.deepEqual(blobs.sort(), [...new Set(wanted)].sort());
});

function layerDigests({ manifestPath, documents }: ServedImage): readonly string[] {
  const { layers } = JSON.parse(documents.get(manifestPath)?.bytes.toString() ?? "");
  return layers.map(({ digest }: { digest: string }) => digest.replace("sha256:", ""));
}

test("a pull, an rmi, a prune and a run of one image, all at once, leave a store that is whole", async (t) => {
  const [root, registry] = [ownRoot(t), await held(t)];
  registry.release();
  const { reference } = registry;
  for (let round = 0; round < 2; round += 1) {
    const results = await Promise.all([
      runBrig(["pull", "-q", reference], { root }),
      runBrig(["rmi", "-f", reference], { root }),
      runBrig(["image", "prune", "-a", "-f"], { root }),
      runBrig(["run", "--rm", "--network", "none", reference], { root }),
    ]);
    const [pull, , prune, run] = results;
    assert.deepEqual([pull?.code, prune?.code], [0, 0], `${pull?.stderr}${prune?.stderr}`);
    // Who runs an image by a name that goes away at this moment may be told so, in words.
    for (const { code, stderr } of results) assert.ok(code === 0 || /No such image|conflict: /.test(stderr), stderr);
    if (run?.code === 0) assert.equal(run.stdout, "runs\n");
    const check = await runBrig(["system", "check"], { root });
    assert.equal(check.code, 0, check.stdout + check.stderr);
  }
  await brigOk(["pull", "-q", reference], { root });
  await runs(root, reference);
});

test("a layer whose pull is killed ten times costs hardly more than its bytes", async (t) => {
  const root = ownRoot(t);
  const image = runnableImage(randomBytes(24 << 20));
  const size = image.layer.length;
  let [sent, position, isWell] = [0, 0, false];
  let send = (_upTo: number): void => undefined;
  const registry = await startFaultRegistry(image, ({ method, url, headers }, response) => {
    if (method !== "GET" || url !== image.layerPath) return false;
    const from = Number(/^bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);
    position = from;
    response.writeHead(from > 0 ? 206 : 200, {
      "content-length": size - from,
      ...(from > 0 ? { "content-range": `bytes ${from}-${size - 1}/${size}` } : {}),
    });
    send = (upTo) => {
      sent += upTo - position;
      response.write(image.layer.subarray(position, upTo));
      position = upTo;
    };
    send(isWell ? size : Math.min(size - (4 << 20), from + Math.ceil(size / 14)));
    if (isWell) response.end();
    return true;
  });
  t.after(() => registry.stop());
  const reference = `${registry.address}/app`;
  const partial = join(root.root, "images/partial", image.layerPath.replace(/.*sha256:/, "sha256-"));
  for (let kills = 0; kills < 10; kills += 1) {
    const sentBefore = sent;
    const child = startBrig(root, ["pull", "-q", reference]);
    // Bytes are collected before they are written: a little more makes the process write what it has.
    while (sent === sentBefore || storedBytes(partial) < position) {
      assert.equal(child.exitCode, null, "the pull ended by itself");
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (sent > sentBefore && storedBytes(partial) < position) send(Math.min(size - 1, position + (64 << 10)));
    }
    child.kill("SIGKILL");
    await once(child, "close");
  }
  isWell = true;
  await brigOk(["pull", "-q", reference], { root });
  await runs(root, reference);
  assert.ok(sent <= size * 1.05, `${sent} bytes for ${size}`);
});

function storedBytes(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function startBrig(root: TestRoot, args: readonly string[]): ChildProcess {
  const [program = "", ...rest] = brigCommand(root, args);
  return spawn(program, rest, { env: brigEnvironment(root), stdio: "ignore" });
}
