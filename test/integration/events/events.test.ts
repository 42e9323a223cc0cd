import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { until } from "../../support/logServers.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

const loop = ["sh", "-c", 'trap "exit 0" TERM; while :; do sleep 0.05; done'];

/** What was told of one container so far. */
async function told(name: string, format = "{{.Action}}"): Promise<readonly string[]> {
  const args = ["events", "--since", "1h", "--until", "0s", "-f", `container=${name}`, "--format", format];
  return (await brigOk(args, { root })).stdout.trimEnd().split("\n");
}

test("events come in Docker's order, whoever causes them", async () => {
  await brigOk(["run", "-d", "--name", "order", "--network", "none", image, ...loop], { root });
  for (const args of [["pause"], ["unpause"], ["restart"], ["stop"], ["start"], ["kill"]]) {
    await brigOk([...args, "order"], { root });
  }
  await brigOk(["wait", "order"], { root });
  await brigOk(["rm", "order"], { root });
  const stop = ["kill", "die", "stop"];
  assert.deepEqual(await told("order"), [
    ...["create", "start", "pause", "unpause", ...stop, "start", "restart", ...stop, "start", "kill", "die", "destroy"],
  ]);
  const codes = await told("order", "{{if eq .Action `die`}}{{.Actor.Attributes.exitCode}}{{end}}");
  assert.deepEqual(
    codes.filter((code) => code !== ""),
    ["0", "0", "137"],
  );
});

test("rm -f of a running container and run --rm end with destroy", async () => {
  await brigOk(["run", "-d", "--name", "force", "--network", "none", image, ...loop], { root });
  await brigOk(["rm", "-f", "force"], { root });
  assert.deepEqual(await told("force"), ["create", "start", "kill", "die", "destroy"]);
  await brigOk(["run", "--rm", "--name", "gone", "--network", "none", image, "true"], { root });
  assert.deepEqual(await told("gone"), ["create", "start", "die", "destroy"]);
});

test("a restart by the policy is a start without a restart", async () => {
  const script = "[ -e /once ] && exit 0; touch /once; exit 3";
  await brigOk(["run", "-d", "--restart", "on-failure", "--name", "again", image, "sh", "-c", script], { root });
  await brigOk(["wait", "again"], { root });
  assert.deepEqual(await told("again"), ["create", "start", "die", "start", "die"]);
  await brigOk(["rm", "again"], { root });
});

test("a follower sees events as they happen, with labels, as Docker's lines and objects", async () => {
  // Not "0s": what is seen must not depend on which of the processes is the first to look at the clock.
  const since = String(Date.now() / 1000);
  const [lines, objects] = [[], ["--format", "json"]].map(
    (format) => new BrigProcess(["events", "--since", since, "-f", "label=mark=é", ...format], root),
  );
  await brigOk(["run", "--rm", "--name", "seen", "-l", "mark=é", "-l", "evil=\u001b[31m", image, "true"], { root });
  await lines?.waitForOutput(/ destroy /);
  await objects?.waitForOutput(/"destroy"/);
  for (const follower of [lines, objects]) {
    follower?.child.kill("SIGINT");
    assert.equal(await follower?.ended, 130);
  }
  const line =
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d) container create [0-9a-f]{64} \(evil=\\x1b\[31m, image=\S+, mark=é, name=seen\)\n/;
  assert.match(lines?.stdout ?? "", line);
  const die = (objects?.stdout ?? "").split("\n").find((text) => text.includes('"die"')) ?? "";
  const { Actor, timeNano, ...event } = JSON.parse(die);
  assert.equal(event.Type, "container");
  assert.equal(event.scope, "local");
  assert.equal(event.status, "die");
  assert.equal(Actor.Attributes.evil, "\u001b[31m");
  assert.equal(Actor.Attributes.exitCode, "0");
  assert.equal(Math.floor(timeNano / 1e9), event.time);
  assert.match(die, /"timeNano":\d{19}\}$/);
});

test("twenty at once tear no line, and the log is rotated under them and a follower without losing one", async () => {
  const log = join(root.root, "events.ndjson");
  // A line without an end: readers pass over it, and little is missing until it is put aside.
  truncateSync(log, 16 * 1024 * 1024 - 60_000);
  appendFileSync(log, "\n");
  const big = ["-l", `big=${"b".repeat(2500)}`, "-l", "many=1"];
  const filter = ["--since", "1h", "-f", "label=many", "--format", "{{.Actor.Attributes.name}} {{.Action}}"];
  const follower = new BrigProcess(["events", ...filter], root);
  const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
  await Promise.all(
    names.map((name) => brigOk(["run", "--rm", "--name", name, "--network", "none", ...big, image, "true"], { root })),
  );
  assert.ok(existsSync(`${log}.1`));
  const whole = [`${log}.1`, log].flatMap((path) => {
    const text = readFileSync(path, "utf8");
    return text.slice(text.lastIndexOf("\0") + 1).split("\n");
  });
  for (const line of whole.filter((text) => text !== ""))
    assert.ok(line.length <= 4096 && JSON.parse(line).time, JSON.stringify(line.slice(0, 300)) + line.length);
  const check = (text: string) => {
    const lines = text.trimEnd().split("\n");
    assert.equal(lines.length, names.length * 4);
    for (const name of names) {
      const own = lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
      assert.deepEqual(own, ["create", "start", "die", "destroy"], name);
    }
  };
  check((await brigOk(["events", "--until", "0s", ...filter], { root })).stdout);
  await until(() => follower.stdout.split(" destroy\n").length > names.length);
  follower.child.kill("SIGINT");
  await follower.ended;
  check(follower.stdout);
});

test("images are told of, and filters and times that are wrong are refused", async () => {
  const args = [
    "events",
    "--since",
    "1h",
    "--until",
    "0s",
    "-f",
    "type=image",
    "--format",
    "{{.Action}} {{.Actor.ID}}",
  ];
  assert.match((await brigOk(args, { root })).stdout, /^pull 127\.0\.0\.1:\d+\/tested:latest\n/);
  const wrong = { 64: ["--format", "{{.Nope"], 125: ["-f", "nope=1"] };
  for (const [status, flags] of Object.entries(wrong)) {
    assert.equal(
      (await runBrig(["events", "--until", "0s", ...flags], { root })).code,
      Number(status),
      flags.join(" "),
    );
  }
});
