import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { debianRedisLayout } from "../../support/fixtures.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { askRedis } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await debianRedisLayout()));
});

after(() => disposeRoot(root));

const quiet = ["--save", "", "--appendonly", "no"];

test("redis of a Debian image keeps a value for a client in the same container", async () => {
  const script = `redis-server --daemonize yes --save "" >/dev/null
    n=0; until redis-cli ping >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 200 ] || exit 1; sleep 0.05; done
    redis-cli set colour green && redis-cli get colour && redis-cli shutdown nosave`;
  const result = await runBrig(["run", "--rm", "--network", "none", image, "sh", "-c", script], { root });
  assert.deepEqual({ code: result.code, stdout: result.stdout }, { code: 0, stdout: "OK\ngreen\n" }, result.stderr);
});

test("redis answers over a unix socket in a bind mount, and SIGTERM to brig ends it in order", async () => {
  const sockets = join(root.directory, "sockets");
  mkdirSync(sockets, { mode: 0o777 });
  const bind = ["-v", `${sockets}:/sockets`];
  const server = ["redis-server", "--port", "0", "--unixsocket", "/sockets/r", "--unixsocketperm", "777", ...quiet];
  const redis = new BrigProcess(["run", "--rm", "--network", "none", ...bind, image, ...server], root);
  try {
    await redis.waitForOutput(/ready to accept connections/i);
    assert.equal(await askRedis({ path: join(sockets, "r") }, "PING"), "+PONG\r\n");
    redis.child.kill("SIGTERM");
    assert.equal(await redis.ended, 0, redis.stderr);
    assert.match(redis.stdout, /bye bye/i);
  } finally {
    redis.dispose();
  }
});

test("redis on the host's network answers on a loopback port", async () => {
  const port = 20_000 + (process.pid % 10_000);
  const server = ["redis-server", "--bind", "127.0.0.1", "--port", String(port), ...quiet];
  const redis = new BrigProcess(["run", "--rm", "--network", "host", image, ...server], root);
  try {
    await redis.waitForOutput(/ready to accept connections/i);
    assert.equal(await askRedis({ host: "127.0.0.1", port }, "ECHO brig"), "$4\r\nbrig\r\n");
    redis.child.kill("SIGTERM");
    assert.equal(await redis.ended, 0, redis.stderr);
  } finally {
    redis.dispose();
  }
});
