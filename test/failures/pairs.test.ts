import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { compare, runScript, tolerant } from "../support/failPoints/campaign.ts";
import { takeSnapshot } from "../support/failPoints/snapshot.ts";
import { createWorld, runHere, type World } from "../support/failPoints/world.ts";

let world: World;

before(async () => {
  world = await createWorld();
});

after(() => world.dispose());

const operations = ["create", "start", "stop", "rm", "rename", "pause", "cp", "exec", "commit"] as const;
const ending: ReadonlySet<string> = new Set(["stop", "rm"]);
type Operation = (typeof operations)[number];

const net = ["--network", "none", "--ulimit", "nofile=1024:1024"];
const command = ["sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.05; done"];

function wordsOf(operation: Operation): readonly string[] {
  switch (operation) {
    case "create":
      return ["create", "--name", "subject", ...net, world.image, ...command];
    case "stop":
      return ["stop", "-t", "1", "subject"];
    case "rm":
      return ["rm", "-f", "-v", "subject"];
    case "rename":
      return ["rename", "subject", "other"];
    case "cp":
      return ["cp", world.files, "subject:/tmp/files"];
    case "exec":
      return ["exec", "subject", "true"];
    case "commit":
      return ["commit", "subject", "pair:1"];
    case "start":
    case "pause":
      return [operation, "subject"];
  }
}

/** What is frozen in the middle of something goes on when it is set free, as with Docker. */
async function run(operation: Operation) {
  const result = await runHere(world, wordsOf(operation));
  if (operation === "pause" && result.code === 0) await runHere(world, ["unpause", "subject"]);
  return result;
}

/** Of two commits by one name the first loses it. */
async function removeNameless(): Promise<void> {
  const { stdout } = await runHere(world, ["images", "--no-trunc", "--format", "{{.Tag}} {{.ID}}"]);
  const ids = stdout.split("\n").flatMap((line) => (line.startsWith("<none> ") ? [line.slice(7)] : []));
  await runScript(
    world,
    ids.map((id) => ["rmi", id]),
  );
}

/** Both at the same moment; what neither may do is end in a stack, name a file instead of what it is about, or hang. */
async function meet(one: Operation, other: Operation): Promise<void> {
  const results = await Promise.all([run(one), run(other)]);
  for (const { code, stderr } of results) {
    // What runs in a container ends with it.
    const isEnded = code === 137 && [one, other].includes("exec") && [one, other].some((name) => ending.has(name));
    assert.ok(code === 0 || isEnded || /^brig: \S|^Error: |^Error response/m.test(stderr), `${code} ${stderr}`);
    assert.doesNotMatch(stderr, /damaged|cannot be read|ENOTDIR|EIO/);
  }
  const { stdout } = await runHere(world, ["ps", "-a", "--format", "{{.Names}} {{.Status}}"]);
  const lines = stdout.trimEnd().split("\n");
  for (const line of lines) assert.match(line, /^(ticker|subject|other) (Up|Exited|Created)/, stdout);
  assert.equal(new Set(lines.map((line) => line.split(" ")[0])).size, lines.length, stdout);
}

for (const [index, one] of operations.entries()) {
  for (const other of operations.slice(index)) {
    test(`${one} and ${other} on one container at once`, async () => {
      const before = takeSnapshot(world);
      await runScript(world, [["run", "-d", "--name", "subject", ...net, world.image, ...command]]);
      try {
        await meet(one, other);
      } finally {
        await runScript(
          world,
          tolerant([
            ["rm", "-f", "-v", "subject"],
            ["rm", "-f", "-v", "other"],
            ["rmi", "pair:1"],
          ]),
        );
      }
      await removeNameless();
      await compare(world, before);
    });
  }
}

test("thirty-two run --rm at once all succeed and leave nothing", async () => {
  const before = takeSnapshot(world);
  const runs = Array.from({ length: 32 }, (_, n) =>
    runHere(world, ["run", "--rm", ...net, world.image, "echo", `number ${n}`]),
  );
  assert.deepEqual(
    (await Promise.all(runs)).map(({ stdout, stderr }) => stdout + stderr),
    runs.map((_, n) => `number ${n}\n`),
  );
  await compare(world, before);
});

test("the container beside all this lost no line", () => world.ticker.checkLog());
