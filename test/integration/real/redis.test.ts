import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { debianRedisLayout } from "../../support/fixtures.ts";
import { monitorOf } from "../../support/monitors.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { askRedis, eventually, freePort } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await debianRedisLayout()));
});

after(() => disposeRoot(root));

const inspect = async (name: string, template: string) =>
  (await brigOk(["inspect", "-f", template, name], { root })).stdout.trim();

/** Redis answers before it has read its file. */
const hasLoaded = (answer: string) => !answer.startsWith("-LOADING");

test("a detached redis on the host's network answers clients outside and inside, and stop makes it save", async () => {
  const port = await freePort();
  const server = ["redis-server", "--bind", "127.0.0.1", "--port", String(port), "--dir", "/data"];
  await brigOk(["run", "-d", "--name", "r-host", "--network", "host", "-v", "r-host:/data", image, ...server], {
    root,
  });
  try {
    const where = { host: "127.0.0.1", port };
    assert.equal(await eventually(() => askRedis(where, "SET colour green")), "+OK\r\n");
    const client = ["redis-cli", "-p", String(port), "get", "colour"];
    assert.equal((await brigOk(["exec", "r-host", ...client], { root })).stdout, "green\n");
    await brigOk(["stop", "r-host"], { root });
    assert.equal(await inspect("r-host", "{{.State.ExitCode}}"), "0");
    assert.match((await brigOk(["logs", "r-host"], { root })).stdout, /DB saved on disk[\s\S]*bye bye/);
    await brigOk(["start", "r-host"], { root });
    assert.equal(await eventually(() => askRedis(where, "GET colour"), hasLoaded), "$5\r\ngreen\r\n");
  } finally {
    await removeRunning(root, "r-host");
    await brigOk(["volume", "rm", "-f", "r-host"], { root });
  }
});

test("with --restart redis comes back after kill -9, with what it had appended to its file in a volume", async () => {
  const sockets = join(root.directory, "r");
  mkdirSync(sockets, { mode: 0o777 });
  const where = { path: join(sockets, "r") };
  const flags = ["--restart", "on-failure:3", "-v", "r-killed:/data", "-v", `${sockets}:/sockets`];
  const listen = ["--port", "0", "--unixsocket", "/sockets/r"];
  const append = ["--dir", "/data", "--appendonly", "yes", "--appendfsync", "always"];
  const command = ["redis-server", ...listen, ...append];
  await startRunning(root, { name: "r-killed", image, flags, command });
  try {
    await eventually(() => askRedis(where, "SET colour blue"));
    process.kill(Number(await inspect("r-killed", "{{.State.Pid}}")), "SIGKILL");
    assert.equal(await eventually(() => askRedis(where, "GET colour"), hasLoaded), "$4\r\nblue\r\n");
    await eventually(
      () => inspect("r-killed", "{{.State.Status}} {{.RestartCount}}"),
      (now) => now === "running 1",
    );
  } finally {
    await removeRunning(root, "r-killed");
    await brigOk(["volume", "rm", "-f", "r-killed"], { root });
  }
});

/** PIDFD_GET_INFO tells how a process ended that is not one's child, from Linux 6.15 on. */
const [major = 0, minor = 0] = release().split(".").map(Number);
const tellsOfEnds = major > 6 || (major === 6 && minor >= 15);

test("a redis whose monitor was killed goes on serving, and every verb works on the first try", async () => {
  const sockets = join(root.directory, "m");
  mkdirSync(sockets, { mode: 0o777 });
  const where = { path: join(sockets, "r") };
  const command = ["redis-server", "--port", "0", "--unixsocket", "/sockets/r"];
  const id = await startRunning(root, { name: "r-alone", image, flags: ["-v", `${sockets}:/sockets`], command });
  try {
    await eventually(() => askRedis(where, "SET colour red"));
    const before = await inspect("r-alone", "{{.State.Pid}}");
    process.kill(monitorOf(root, id), "SIGKILL");
    assert.equal(await askRedis(where, "GET colour"), "$3\r\nred\r\n");
    assert.equal((await brigOk(["ps", "--format", "{{.Names}} {{.State}}"], { root })).stdout, "r-alone running\n");
    assert.equal(await inspect("r-alone", "{{.State.Pid}} {{.State.Status}}"), `${before} running`);
    const got = await brigOk(["exec", "r-alone", "redis-cli", "-s", "/sockets/r", "get", "colour"], { root });
    assert.equal(got.stdout, "red\n");
    assert.match((await brigOk(["top", "r-alone"], { root })).stdout, /redis-server/);
    assert.match((await brigOk(["logs", "r-alone"], { root })).stdout, /ready to accept connections/i);
    await brigOk(["pause", "r-alone"], { root });
    assert.equal(await inspect("r-alone", "{{.State.Status}}"), "paused");
    await brigOk(["unpause", "r-alone"], { root });
    await brigOk(["stop", "r-alone"], { root });
    const { ExitCode: code, ExitCodeKnown: known = true } = JSON.parse(await inspect("r-alone", "{{json .State}}"));
    assert.deepEqual([code, known], tellsOfEnds ? [0, true] : [255, false]);
    await brigOk(["start", "r-alone"], { root });
    await eventually(() => askRedis(where, "PING"));
    process.kill(monitorOf(root, id), "SIGKILL");
    await brigOk(["rm", "-f", "r-alone"], { root });
    await assert.rejects(askRedis(where, "PING"), { code: "ECONNREFUSED" });
  } finally {
    await removeRunning(root, "r-alone");
  }
});
