import assert from "node:assert/strict";
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { nginxLayout } from "../../support/serviceImages.ts";
import { askHttp, eventually, freePort } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await nginxLayout()));
});

after(() => disposeRoot(root));

/** A site of the test's own, bound over the one that the image's configuration links to. */
function site(name: string, listen: string): readonly string[] {
  const file = join(root.directory, `${name}.conf`);
  const page = 'location / { root /usr/share/nginx/html; }\n location = /say { return 200 "said by brig\\n"; }';
  writeFileSync(file, `server {\n listen ${listen};\n access_log /var/log/nginx/access.log;\n ${page}\n}\n`);
  chmodSync(file, 0o644);
  return ["-v", `${file}:/etc/nginx/sites-available/default:ro`];
}

async function logs(name: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return brigOk(["logs", name], { root });
}

test("nginx on the host's network answers on a loopback port, and its access log is what brig logs shows", async () => {
  const port = await freePort();
  const where = { host: "127.0.0.1", port };
  const flags = ["--network", "host", ...site("host", `127.0.0.1:${port}`)];
  await brigOk(["run", "-d", "--name", "web-host", ...flags, image], { root });
  try {
    assert.deepEqual(await eventually(() => askHttp(where, "/say")), { status: 200, body: "said by brig\n" });
    assert.equal((await askHttp(where, "/missing")).status, 404);
    const written = await eventually(
      () => logs("web-host"),
      ({ stdout }) => stdout.includes("/missing"),
    );
    assert.match(written.stdout, /"GET \/say HTTP\/1\.1" 200/);
    assert.match(written.stderr, /\[error\].*"\/usr\/share\/nginx\/html\/missing" failed/);
    await brigOk(["stop", "web-host"], { root });
    await assert.rejects(askHttp(where, "/say"), { code: "ECONNREFUSED" });
  } finally {
    await removeRunning(root, "web-host");
  }
});

test("nginx without a network answers over a unix socket in a volume; its own ids are those of the user namespace", async () => {
  const sockets = join(root.directory, "sockets");
  mkdirSync(sockets, { mode: 0o777 });
  const flags = ["-v", `${sockets}:/sockets`, ...site("socket", "unix:/sockets/n")];
  await startRunning(root, { name: "web-socket", image, flags, command: [] });
  try {
    const { status, body } = await eventually(() => askHttp({ path: join(sockets, "n") }, "/"));
    assert.equal(status, 200);
    assert.match(body, /Welcome to nginx/);
    assert.equal(statSync(join(sockets, "n")).uid, 0, "root of the container owns its files in a volume as root");
    const inside = await brigOk(["exec", "web-socket", "cat", "/proc/self/uid_map"], { root });
    assert.doesNotMatch(inside.stdout, /^\s*0\s+0\s/);
  } finally {
    await removeRunning(root, "web-socket");
  }
});

test("logs -f follows the requests as they come and ends with the container", async () => {
  const sockets = join(root.directory, "followed");
  mkdirSync(sockets, { mode: 0o777 });
  const flags = ["-v", `${sockets}:/sockets`, ...site("followed", "unix:/sockets/n")];
  await startRunning(root, { name: "web-followed", image, flags, command: [] });
  const follower = new BrigProcess(["logs", "-f", "web-followed"], root);
  try {
    await eventually(() => askHttp({ path: join(sockets, "n") }, "/first"));
    await follower.waitForOutput(/GET \/first /);
    await askHttp({ path: join(sockets, "n") }, "/second");
    await follower.waitForOutput(/GET \/second /);
    await brigOk(["stop", "web-followed"], { root });
    assert.equal(await follower.ended, 0, follower.stderr);
  } finally {
    follower.dispose();
    await removeRunning(root, "web-followed");
  }
});

test("stop sends the image's SIGQUIT: nginx lets a request in progress end and exits with 0", async () => {
  const flags = site("quit", "unix:/run/n");
  await startRunning(root, { name: "web-quit", image, flags, command: [] });
  try {
    await eventually(() => brigOk(["exec", "web-quit", "test", "-S", "/run/n"], { root }));
    const started = Date.now();
    await brigOk(["stop", "-t", "30", "web-quit"], { root });
    assert.ok(Date.now() - started < 25_000, "it ended by itself");
    const state = await brigOk(["inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "web-quit"], { root });
    assert.equal(state.stdout, "exited 0\n");
    assert.match((await runBrig(["logs", "web-quit"], { root })).stderr, /^(?!.*\[emerg\])/s);
  } finally {
    await removeRunning(root, "web-quit");
  }
});
