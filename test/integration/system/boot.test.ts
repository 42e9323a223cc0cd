import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { reboot } from "../../support/forgedBoot.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { startRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

const start = (name: string, ...flags: readonly string[]): Promise<string> =>
  startRunning(root, { name, image, flags });
const restart = (policy: string): readonly string[] => ["--restart", policy];

test("system boot starts what must come back, in order, and nothing twice", async (t) => {
  const stopped = ["always-stopped", "unless-stopped-stopped"];
  const bind = join(root.directory, "gone");
  mkdirSync(bind);
  await start("always-stopped", ...restart("always"));
  await start("unless-stopped-stopped", ...restart("unless-stopped"));
  await brigOk(["stop", "-t", "0", ...stopped], { root });
  await brigOk(["create", "--name", "never-started", "--restart", "always", "--network", "none", image], { root });
  const running = [
    await start("broken", ...restart("always"), "-v", `${bind}:/data`),
    await start("on-failure", ...restart("on-failure")),
    await start("no-policy"),
    await start("removed", "--rm", "-v", "/data"),
    await start("unless-stopped", ...restart("unless-stopped")),
    await start("always", ...restart("always")),
  ];
  rmSync(bind, { recursive: true });
  assert.deepEqual(await runBrig(["system", "boot"], { root }).then(({ code, stdout }) => ({ code, stdout })), {
    code: 0,
    stdout: "",
  });

  const brig = await reboot(root, running);
  const made = ["broken", "never-started", "no-policy", "on-failure", "unless-stopped", "always", ...stopped];
  t.after(() => brig("rm", "-f", ...made));
  const ends = await brig("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "on-failure", "no-policy");
  assert.deepEqual([ends.stdout, ends.code], ["exited 137\nexited 137\n", 0]);
  assert.match((await brig("why", "no-policy")).stdout, /ended with the machine, which was started anew/);

  const booted = await brig("system", "boot");
  assert.equal(booted.stdout, "always-stopped\non-failure\nunless-stopped\nalways\n", booted.stderr);
  assert.match(booted.stderr, /^brig: cannot start the container "broken" after the reboot: /m);
  assert.equal(booted.code, 1);
  const states = async () =>
    (await brig("ps", "-a", "--format", "{{.Names}} {{.State}}")).stdout.trim().split("\n").sort();
  assert.deepEqual(await states(), [
    "always running",
    "always-stopped running",
    "broken created",
    "never-started created",
    "no-policy exited",
    "on-failure running",
    "unless-stopped running",
    "unless-stopped-stopped exited",
  ]);
  assert.equal((await brig("volume", "ls", "-q")).stdout, "");

  await brig("stop", "-t", "0", "always");
  assert.deepEqual(await brig("system", "boot"), { code: 0, stdout: "", stderr: "" });
  assert.ok((await states()).includes("always exited"));
  const checked = await brig("system", "check");
  assert.equal(checked.code, 0, checked.stdout);
});

test("a container that could not be started did not end with the machine, and is tried again after it", async (t) => {
  const create = ["create", "--name", "unstartable", "--restart", "always", "--network", "none", image, "/missing"];
  await brigOk(create, { root });
  assert.equal((await runBrig(["start", "unstartable"], { root })).code, 1);
  const brig = await reboot(root, []);
  t.after(() => brig("rm", "-f", "unstartable"));
  assert.match(
    (await brig("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "unstartable")).stdout,
    /^created 127$/m,
  );
  const booted = await brig("system", "boot");
  assert.deepEqual([booted.code, booted.stdout], [1, ""]);
  assert.match(booted.stderr, /"unstartable"/);
  assert.deepEqual(await brig("system", "boot"), { code: 0, stdout: "", stderr: "" });
});

test("system boot goes on past a container whose records are damaged, and says so", async (t) => {
  const [bad, good] = [await start("bad", ...restart("always")), await start("good", ...restart("always"))];
  const brig = await reboot(root, [bad, good]);
  t.after(() => brig("rm", "-f", "bad", "good"));
  rmSync(join(root.root, "containers", bad, "options.json"));
  const booted = await brig("system", "boot");
  assert.deepEqual([booted.code, booted.stdout], [1, "good\n"]);
  assert.match(booted.stderr, /cannot read the options of a container/);
});
