import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout, multiLayerLayout, pushLayout } from "../../support/fixtures.ts";
import { type RunningRegistry, startRegistry } from "../../support/registry.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let registry: RunningRegistry;
const reference = (name: string) => `${registry.address}/${name}`;

before(async () => {
  root = createRoot();
  registry = await startRegistry();
  const [busybox, multi] = [await busyboxLayout(), await multiLayerLayout()];
  for (const tag of ["latest", "user"]) await pushLayout(busybox, { tag, to: reference(`busybox:${tag}`) });
  await pushLayout(multi, { tag: "latest", to: reference("multi:latest") });
});

after(async () => {
  await registry.stop();
  disposeRoot(root);
});

const pull = (name: string) => brigOk(["pull", "-q", reference(name)], { root });
const reclaimable = async () =>
  (await brigOk(["system", "df", "--format", "{{.Type}} {{.Reclaimable}}"], { root })).stdout.split(/ \(|\n/)[0];
const lines = (text: string) => text.trimEnd().split("\n");
const net = ["--network", "none", "--ulimit", "nofile=1024:1024"];

test("what system df calls reclaimable is what image prune -a gives back, and --dry-run said it", async () => {
  for (const name of ["busybox:latest", "busybox:user", "multi:latest"]) await pull(name);
  await brigOk(["create", "--name", "user", ...net, reference("busybox:user")], { root });
  try {
    const promised = (await reclaimable())?.replace("Images ", "");
    const dry = await brigOk(["image", "prune", "-a", "--dry-run"], { root });
    assert.match(dry.stdout, /busybox:user .* stays +the container user uses it/);
    assert.match(dry.stdout, new RegExp(`Total reclaimable space: ${promised}\n$`));
    const going = lines(
      (await brigOk(["image", "prune", "-a", "--dry-run", "--format", "{{.Kind}} {{.Verdict}} {{.Object}}"], { root }))
        .stdout,
    )
      .filter((line) => /^(image|layer) goes/.test(line))
      .map((line) => line.split(" ")[2]);
    const { stdout } = await brigOk(["image", "prune", "-a", "-f"], { root });
    assert.match(stdout, new RegExp(`\nTotal reclaimed space: ${promised}\n$`));
    assert.deepEqual(
      lines(stdout)
        .flatMap((line) => /^deleted: (.*)/.exec(line)?.[1] ?? [])
        .sort(),
      going.sort(),
    );
    assert.equal(await reclaimable(), "Images 0B");
    assert.match((await brigOk(["start", "-a", "user"], { root })).stdout, /^$/);
    assert.deepEqual(lines((await brigOk(["images", "--format", "{{.Tag}}"], { root })).stdout), ["user"]);
  } finally {
    await removeRunning(root, "user");
  }
});

test("image prune without -a takes only what no tag names, and obeys its filters", async () => {
  await pull("multi:latest");
  const id = (await brigOk(["images", "-q", "--no-trunc", reference("multi")], { root })).stdout.trim();
  await brigOk(["create", "--name", "base", ...net, reference("multi")], { root });
  await brigOk(["commit", "-c", "LABEL keep=yes", "base"], { root });
  await removeRunning(root, "base");
  for (const flags of [
    ["--filter", "until=1h"],
    ["--filter", "label!=keep"],
    ["--filter", "label=keep=no"],
  ]) {
    const { stdout } = await brigOk(["image", "prune", "-f", ...flags], { root });
    assert.equal(stdout, "Total reclaimed space: 0B\n", flags.join(" "));
  }
  const { stdout } = await brigOk(["image", "prune", "-f", "--filter", "label=keep"], { root });
  assert.match(stdout, /^Deleted Images:\ndeleted: sha256:[0-9a-f]{64}\n/);
  assert.equal((await brigOk(["images", "-q", "--no-trunc", reference("multi")], { root })).stdout.trim(), id);
});

test("system prune removes in the order in which one thing frees the next", async () => {
  await pull("busybox:latest");
  await brigOk(["create", "--name", "idle", "-v", "/anonymous", ...net, reference("busybox")], { root });
  const dry = await brigOk(["system", "prune", "-a", "--volumes", "--dry-run"], { root });
  assert.match(dry.stdout, /^container +[0-9a-f]{12} +idle +\S+ +goes +it does not run$/m);
  assert.match(dry.stdout, /^volume +[0-9a-f]{12} +\S+ +goes +no container that stays uses it$/m);
  assert.match(dry.stdout, /^image .*busybox:latest .* goes +no container uses it$/m);
  assert.equal((await brigOk(["ps", "-aq"], { root })).stdout.length, 13);
  const { stdout } = await brigOk(["system", "prune", "-a", "--volumes", "-f"], { root });
  assert.match(stdout, /^Deleted Containers:\n[0-9a-f]{64}\n\nDeleted Volumes:\n[0-9a-f]{64}\n\nDeleted Images:\n/);
  assert.match(stdout, /\n\nTotal reclaimed space: \d\S+\n$/);
  assert.equal((await brigOk(["images", "-q"], { root })).stdout, "");
  const refused = await runBrig(["system", "prune", "-f", "--volumes", "--filter", "until=1h"], { root });
  assert.match(refused.stderr, /ERROR: The "until" filter is not supported with "--volumes"/);
});

test("prunes all the time break no pull and no container", async () => {
  await pull("busybox:latest");
  await startRunning(root, { name: "running", image: reference("busybox") });
  let over = false;
  const prune = async () => {
    while (!over) await brigOk(["image", "prune", "-a", "-f"], { root });
  };
  const pruning = prune();
  try {
    await Promise.all([pull("multi:latest"), pull("busybox:user")]);
    // An image that nobody uses yet may go before it is used: then that is said, and nothing is half there.
    await Promise.all(["one", "two"].map(runWhilePruned));
  } finally {
    over = true;
    await pruning;
  }
  assert.match((await brigOk(["exec", "running", "cat", "/etc/passwd"], { root })).stdout, /root/);
  await removeRunning(root, "running");
  const { stdout } = await brigOk(["system", "check", "--deep"], { root });
  assert.match(stdout, /^no fault$/m);
});

/** `--pull always` brings the image at the very moment; whatever starts has a whole root. */
async function runWhilePruned(name: string): Promise<void> {
  const words = [
    "run",
    "--rm",
    "--name",
    name,
    "--pull",
    "always",
    ...net,
    reference("multi"),
    "cat",
    "/data/replaced",
  ];
  const { code, stdout, stderr } = await runBrig(words, { root });
  if (code === 0) assert.notEqual(stdout, "");
  else assert.match(stderr, /No such image|of the image is missing/);
}
