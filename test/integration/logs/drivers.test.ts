import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { LogServers, until } from "../../support/logServers.ts";
import { monitorOf } from "../../support/monitors.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { touchInside } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;
let servers: LogServers;

before(async () => {
  ({ root, image } = await busyboxRoot());
  servers = await LogServers.start(root);
});

after(async () => {
  await servers.stop();
  disposeRoot(root);
});

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await servers.brig(args);
  assert.equal(code, 0, stderr);
  return stdout.toString();
}

/** Runs a script detached, with options of the driver, and removes the container in the end. */
async function withContainer(
  driver: readonly string[],
  script: string,
  use: (id: string) => Promise<void>,
): Promise<void> {
  const log = ["--log-driver", ...driver.flatMap((word, index) => (index === 0 ? [word] : ["--log-opt", word]))];
  const labels = ["-l", "team=t", "-l", "many=a\nb"];
  const id = (await ok("run", "-d", "--network", "none", ...labels, ...log, image, "sh", "-c", script)).trim();
  try {
    await use(id);
  } finally {
    await ok("rm", "-f", id);
  }
}

/** How many sockets a process has open. */
function socketsOf(pid: number): number {
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return targets.filter((target) => target.startsWith("socket:")).length;
}

type Entry = Readonly<Record<string, unknown>>;

async function entriesOf(id: string): Promise<readonly Entry[]> {
  await servers.run(["journalctl", "--sync"]);
  const text = await servers.run(["journalctl", "--output=json", "--all", "-q", `CONTAINER_ID_FULL=${id}`]);
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

test("the journal gets Docker's fields, long lines in parts and bytes as they are, and logs reads them back", () =>
  withContainer(
    ["journald", "tag={{.Name}}/{{.ID}}", "labels=team,many"],
    "echo one; until [ -e /2 ]; do sleep 0.05; done; echo err >&2; until [ -e /3 ]; do sleep 0.05; done; printf 'a\\001\\377b\\n'; head -c 40000 /dev/zero | tr '\\000' x; echo; printf 'no end'",
    async (id) => {
      // The order of two streams is that in which they are read.
      for (const next of [2, 3]) {
        await until(async () => (await entriesOf(id)).length === next - 1);
        await touchInside(root, id, `/${next}`);
      }
      await ok("wait", id);
      const entries = await entriesOf(id);
      const name = (await ok("inspect", "--format", "{{.Name}}", id)).trim().slice(1);
      const tag = `${name}/${id.slice(0, 12)}`;
      const own = {
        CONTAINER_ID: id.slice(0, 12),
        CONTAINER_NAME: name,
        CONTAINER_TAG: tag,
        SYSLOG_IDENTIFIER: tag,
        IMAGE_NAME: image,
        TEAM: "t",
        MANY: "a\nb",
      };
      for (const entry of entries)
        assert.deepEqual(Object.fromEntries(Object.keys(own).map((key) => [key, entry[key]])), own);
      const shape = entries.map(({ PRIORITY, MESSAGE, CONTAINER_PARTIAL_MESSAGE: partial = "" }) => [
        PRIORITY,
        typeof MESSAGE === "string" && MESSAGE.startsWith("x") ? MESSAGE.length : MESSAGE,
        partial,
      ]);
      assert.deepEqual(shape, [
        ["6", "one", ""],
        ["3", "err", ""],
        ["6", [97, 1, 255, 98], ""],
        ["6", 16384, "true"],
        ["6", 16384, "true"],
        ["6", 40000 - 2 * 16384, ""],
        ["6", "no end", "true"],
      ]);
      const { stdout, stderr } = await servers.brig(["logs", id]);
      const long = "x".repeat(40_000);
      assert.ok(
        stdout.equals(
          Buffer.concat([Buffer.from("one\na\u0001"), Buffer.from([255]), Buffer.from(`b\n${long}\nno end`)]),
        ),
      );
      assert.equal(stderr, "err\n");
      assert.equal(await ok("logs", "--tail", "2", id), `${long}\nno end`);
      assert.equal(await ok("logs", "--tail", "0", id), "");
      assert.match(await ok("logs", "-t", "--details", "-n1", id), /^\d{4}-\S{14}\.\d{9}Z MANY=a%0Ab,TEAM=t no end$/);
      const moment = String(entries[2]?.SYSLOG_TIMESTAMP);
      assert.equal(await ok("logs", "--since", moment, "--tail", "3", id), stdout.subarray(4).toString());
      assert.equal(await ok("logs", "--until", moment, id), "one\na\u0001\ufffdb\n");
      assert.equal(await ok("inspect", "--format", "{{.LogPath}}{{.HostConfig.LogConfig.Type}}", id), "journald\n");
    },
  ));

test("a follower of the journal sees everything and ends with the container; a new journal is found again", () =>
  withContainer(["journald"], "echo first; until [ -e /go ]; do sleep 0.05; done; seq 1 3000", async (id) => {
    await until(async () => (await entriesOf(id)).length === 1);
    await servers.stopJournal();
    await servers.startJournal();
    const following = await servers.beginBrig(["logs", "-f", "--tail", "2500", id]);
    await touchInside(root, id, "/go");
    const { stdout } = await following.ended;
    const lines = stdout.toString().trimEnd().split("\n");
    assert.equal(lines.at(-1), "3000", await ok("why", id));
    const numbers = lines.filter((line) => line !== "first").map(Number);
    assert.deepEqual(
      numbers,
      Array.from({ length: numbers.length }, (_, index) => 3001 - numbers.length + index),
    );
    assert.equal(lines.length, 3001, "it began before the numbers");
  }));

test("a journal that takes nothing holds a blocking container, which can be attached to and stopped all the same", () =>
  withContainer(
    ["journald"],
    "echo up; until [ -e /go ]; do sleep 0.05; done; seq 1 100000; echo done >/done",
    async (id) => {
      servers.signalJournal("SIGSTOP");
      try {
        await touchInside(root, id, "/go");
        assert.equal(
          await ok("exec", id, "sh", "-c", "sleep 0.3; ls /done 2>&1 || true"),
          "ls: /done: No such file or directory\n",
        );
        const before = socketsOf(monitorOf(root, id));
        const attached = servers.brig(["attach", "--no-stdin", id]);
        await until(() => socketsOf(monitorOf(root, id)) > before);
        await ok("stop", "-t", "0", id);
        assert.equal((await attached).code, 137);
        assert.match(await ok("why", id), /\d+ bytes of what it wrote did not reach its log/);
      } finally {
        servers.signalJournal("SIGCONT");
      }
    },
  ));

test("in the mode that drops, a journal that takes nothing holds nobody", () =>
  withContainer(
    ["journald", "mode=non-blocking", "max-buffer-size=200k"],
    "echo up; until [ -e /go ]; do sleep 0.05; done; seq 1 100000; exit 7",
    async (id) => {
      servers.signalJournal("SIGSTOP");
      try {
        await touchInside(root, id, "/go");
        assert.equal(await ok("wait", id), "7\n");
        assert.match(await ok("why", id), /exited with 7; \d+ bytes of what it wrote did not reach its log/);
      } finally {
        servers.signalJournal("SIGCONT");
      }
      await until(async () => (await entriesOf(id)).at(0)?.MESSAGE === "up");
    },
  ));

test("syslogd gets a line for each line, under the tag, and logs says that it cannot read them", () =>
  withContainer(["syslog", "syslog-facility=local3", "tag=web-{{.ID}}"], "echo hello; echo bad >&2", async (id) => {
    await ok("wait", id);
    const wanted = [`local3.info web-${id.slice(0, 12)}[`, `local3.err web-${id.slice(0, 12)}[`];
    let text = "";
    await until(() => {
      text = readFileSync(servers.syslogFile, "utf8");
      return wanted.every((words) => text.includes(words));
    });
    assert.match(text, /local3\.info web-[0-9a-f]{12}\[\d+\]: hello\n/);
    assert.match(text, /local3\.err web-[0-9a-f]{12}\[\d+\]: bad\n/);
    const { code, stderr } = await servers.brig(["logs", id]);
    assert.equal(code, 1);
    assert.match(stderr, /configured logging driver does not support reading/);
  }));

/** A syslog server on a socket for streams. */
async function listen(
  path: string,
): Promise<{ readonly server: Server; readonly sockets: Socket[]; text: () => string }> {
  let text = "";
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("data", (piece) => {
      text += piece;
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { server, sockets, text: () => text };
}

test("a stream of RFC 5424 is written, and taken up again when its server comes back", async () => {
  const path = join(root.directory, "syslog.sock");
  const first = await listen(path);
  const driver = ["syslog", `syslog-address=unix://${path}`, "syslog-format=rfc5424micro", "tag=t"];
  await withContainer(driver, "echo one; until [ -e /go ]; do sleep 0.05; done; echo two; echo three", async (id) => {
    await until(() => first.text().includes("one\n"));
    assert.match(first.text(), /^<30>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ t \d+ t - one\n$/);
    for (const socket of first.sockets) socket.destroy();
    await new Promise((resolve) => first.server.close(resolve));
    rmSync(path, { force: true });
    const second = await listen(path);
    await touchInside(root, id, "/go");
    await until(() => second.text().includes("three\n"));
    assert.match(second.text(), / two\n<30>1 [^\n]* three\n$/);
    assert.equal(await ok("wait", id), "0\n");
    for (const socket of second.sockets) socket.destroy();
    await new Promise((resolve) => second.server.close(resolve));
  });
});

test("a receiver that is slow gets everything, also what is left when the container has ended", async () => {
  const path = join(root.directory, "slow.sock");
  let text = "";
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.pause()));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // It takes less than one piece of the output in the time that one which takes nothing is waited for.
  const reader = setInterval(() => {
    for (const socket of sockets) text += String(socket.read() ?? "");
  }, 250);
  const driver = ["syslog", `syslog-address=unix://${path}`, "tag=t"];
  try {
    await withContainer(driver, "seq 1 20000", async (id) => {
      assert.equal(await ok("wait", id), "0\n");
      assert.doesNotMatch(await ok("why", id), /did not reach/);
      await until(() => text.endsWith(": 20000\n"));
      assert.equal(text.match(/: \d+\n/g)?.length, 20_000);
    });
  } finally {
    clearInterval(reader);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

test("without a receiver nothing is made or started, and another machine's is refused", async () => {
  const run = (...words: readonly string[]) =>
    runBrig(["run", "-d", "--name", "never", ...words, image, "true"], { root });
  const absent = join(root.directory, "absent.sock");
  const cases: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [
      ["syslog", `syslog-address=unixgram://${absent}`],
      /failed to initialize logging driver: there is no syslog socket/,
    ],
    [["syslog", "syslog-address=udp://10.0.0.1:514"], /does not send to "udp:\/\/10\.0\.0\.1:514"/],
    [["syslog", "syslog-address=http://x"], /unsupported scheme/],
    [["journald", "max-size=1m"], /unknown log opt 'max-size' for journald log driver/],
  ];
  for (const [[driver = "", option = ""], message] of cases) {
    const { code, stderr } = await run("--log-driver", driver, "--log-opt", option);
    assert.match(stderr, message);
    assert.equal(code, 125);
  }
  assert.equal((await runBrig(["ps", "-aq", "-f", "name=never"], { root })).stdout, "");

  const { server } = await listen(absent);
  const words = ["--log-driver", "syslog", "--log-opt", `syslog-address=unix://${absent}`];
  assert.equal((await runBrig(["create", "--name", "later", ...words, image, "true"], { root })).code, 0);
  await new Promise((resolve) => server.close(resolve));
  rmSync(absent, { force: true });
  const started = await runBrig(["start", "later"], { root });
  assert.match(started.stderr, /there is no syslog socket/);
  assert.equal((await runBrig(["rm", "later"], { root })).code, 0);
});
