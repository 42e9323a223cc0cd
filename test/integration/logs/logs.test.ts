import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { touchInside } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** Runs a script detached, hands its id over, and removes the container. */
async function withContainer(
  script: string,
  use: (id: string) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  const args = ["run", "-d", "--network", "none", ...flags, image, "sh", "-c", script];
  const id = (await brigOk(args, { root })).stdout.trim();
  try {
    await use(id);
  } finally {
    await brigOk(["rm", "-f", id], { root });
  }
}

const finished = (id: string) => brigOk(["wait", id], { root });

test("logs shows what was written, each stream on its own", () =>
  withContainer("printf 'a\\000\\377b\\n'; echo err >&2; printf 'no end'", async (id) => {
    await finished(id);
    const { stdoutBytes, stderr } = await brigOk(["logs", id], { root });
    // What is not UTF-8 cannot be kept in JSON, for Docker neither.
    assert.equal(stdoutBytes.toString(), "a\0\ufffdb\nno end");
    assert.equal(stderr, "err\n");
  }));

test("logs joins a line of 100 kB again, and counts it as one", () =>
  withContainer("echo first; head -c 100000 /dev/zero | tr '\\000' x; echo; echo last", async (id) => {
    await finished(id);
    const long = "x".repeat(100_000);
    assert.equal((await brigOk(["logs", id], { root })).stdout, `first\n${long}\nlast\n`);
    assert.equal((await brigOk(["logs", "-n", "2", id], { root })).stdout, `${long}\nlast\n`);
    const timed = (await brigOk(["logs", "-t", "--tail=2", id], { root })).stdout.split("\n");
    assert.equal(timed.length, 3);
    for (const line of timed.slice(0, 2)) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z [xl]/);
  }));

test("logs -f survives many rotations, misses nothing, and ends with the container", () =>
  withContainer(
    "until [ -e /go ]; do sleep 0.05; done; seq 1 20000",
    async (id) => {
      const follower = new BrigProcess(["logs", "-f", id], root);
      await touchInside(root, id, "/go");
      assert.equal(await follower.ended, 0);
      const expected = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join("");
      assert.ok(follower.stdout === expected, "every line once, in order");
      const files = readdirSync(join(root.root, "containers", id)).filter((name) =>
        name.startsWith("container-json.log"),
      );
      assert.ok(files.length > 5, `${files.length} files`);
    },
    ["--log-opt", "max-size=100k", "--log-opt", "max-file=50"],
  ));

test("logs -f goes on when the restart policy starts the container again", () =>
  withContainer(
    "n=$(cat /n 2>/dev/null || echo 0); echo run $n; echo $((n+1)) >/n; [ $n -lt 2 ] && exit 1; exit 0",
    async (id) => {
      const follower = new BrigProcess(["logs", "-f", id], root);
      assert.equal(await follower.ended, 0);
      assert.equal(follower.stdout, "run 0\nrun 1\nrun 2\n");
    },
    ["--restart", "on-failure"],
  ));

test("a closed reader ends logs quietly", () =>
  withContainer("seq 1 100000", async (id) => {
    await finished(id);
    const shell = spawn(
      "/bin/bash",
      ["-c", '"$@" | head -1; echo "$PIPESTATUS"', "bash", ...brigCommand(root, ["logs", id])],
      {
        env: brigEnvironment(root),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let [output, errors] = ["", ""];
    shell.stdout.on("data", (text: Buffer) => (output += text));
    shell.stderr.on("data", (text: Buffer) => (errors += text));
    await new Promise((resolve) => shell.once("close", resolve));
    assert.deepEqual({ output, errors }, { output: "1\n141\n", errors: "" });
  }));

test("an interrupted follower has Docker's status and says nothing", () =>
  withContainer("echo up; exec sleep 1000", async (id) => {
    const follower = new BrigProcess(["logs", "-f", id], root);
    await follower.waitForOutput(/up/);
    follower.child.kill("SIGINT");
    assert.equal(await follower.ended, 130);
    assert.equal(follower.stderr, "");
  }));

test("Docker's members are in the file, with labels, variables and the tag", () =>
  withContainer(
    "echo hello",
    async (id) => {
      await finished(id);
      const file = join(root.root, "containers", id, "container-json.log");
      const { time, ...record } = JSON.parse(readFileSync(file, "utf8"));
      const attrs = { MODE: "m", tag: id.slice(0, 12), team: "t" };
      assert.deepEqual(record, { log: "hello\n", stream: "stdout", attrs });
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      const { stdout } = await brigOk(["logs", "--details", id], { root });
      assert.equal(stdout, `MODE=m,tag=${id.slice(0, 12)},team=t hello\n`);
    },
    [
      "-l",
      "team=t",
      "-e",
      "MODE=m",
      ...["labels=team", "env=MODE", "tag={{.ID}}"].flatMap((text) => ["--log-opt", text]),
    ],
  ));

/** What Go's decoder takes into `struct { Log, Stream string; Attrs map[string]string; Created time.Time }`, and no more. */
const text = String.raw`"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*"`;
const strictRecord = new RegExp(
  `^\\{"log":${text},"stream":"std(?:out|err)",(?:"attrs":\\{${text}:${text}(?:,${text}:${text})*\\},)?"time":"[-0-9]{10}T[:0-9]{8}\\.[0-9]{9}Z"\\}$`,
);

test("a strict reader of Docker's format takes every record, and a long line comes in parts that tear no character", () =>
  withContainer(
    "yes € | tr -d '\\n' | head -c 60000; echo; printf '\\001\\b\\f\\033\\\\\"/\\r\\377\\n'; echo err >&2; printf 'no end'",
    async (id) => {
      await finished(id);
      const lines = readFileSync(join(root.root, "containers", id, "container-json.log"), "utf8").split("\n");
      assert.equal(lines.pop(), "", "the last record is whole");
      for (const line of lines) assert.match(line, strictRecord);
      const records = lines.map((line) => JSON.parse(line));
      for (const { log } of records) assert.ok(Buffer.byteLength(log) <= 16 * 1024);
      const out = records.filter(({ stream }) => stream === "stdout").map(({ log }) => log);
      const special = '\u0001\b\f\u001b\\"/\r\ufffd\n';
      assert.ok(out.join("") === `${"€".repeat(20_000)}\n${special}no end`, JSON.stringify(out.join("").slice(20_000)));
      assert.deepEqual(
        out.map((log) => log.endsWith("\n")),
        [false, false, false, true, true, false],
      );
      const times = records.map(({ time }) => time);
      assert.deepEqual(times, times.toSorted());
    },
    ["-l", "a=1", "-l", 'b="\\', "--log-opt", "labels=a,b"],
  ));

test("without a log there is nothing to read, which Docker's sentence tells", () =>
  withContainer(
    "echo lost",
    async (id) => {
      await finished(id);
      const { code, stderr } = await runBrig(["logs", id], { root });
      assert.equal(code, 1);
      assert.match(stderr, /configured logging driver does not support reading/);
    },
    ["--log-driver", "none"],
  ));

test("logs of a container whose log was deleted is empty, and words that are wrong are refused", () =>
  withContainer("echo x", async (id) => {
    await finished(id);
    rmSync(join(root.root, "containers", id, "container-json.log"));
    assert.equal((await brigOk(["logs", id], { root })).stdout, "");
    for (const args of [
      ["--tail", "some"],
      ["--since", "never"],
      ["--until", "x"],
    ]) {
      assert.equal((await runBrig(["logs", ...args, id], { root })).code, 125, args.join(" "));
    }
    assert.match((await runBrig(["logs", "nobody"], { root })).stderr, /No such container: nobody/);
    const refused = await runBrig(["run", "-d", "--log-driver", "splunk", image, "true"], { root });
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /error looking up logging plugin splunk/);
  }));
