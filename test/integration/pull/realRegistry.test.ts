import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listTags, parseImageRef, parsePlatform } from "../../../src/image/index.ts";
import { busyboxLayout, multiLayerLayout, pushLayout } from "../../support/fixtures.ts";
import { runTool } from "../../support/programs.ts";
import { type RunningRegistry, registryUser, startRegistry } from "../../support/registry.ts";
import { passwordFor, pullSetting, quick } from "./pullSetting.ts";

let registry: RunningRegistry;
let guarded: RunningRegistry;

before(async () => {
  [registry, guarded] = await Promise.all([startRegistry(), startRegistry({ auth: "basic" })]);
  const [busybox, multi] = [await busyboxLayout(), await multiLayerLayout()];
  await pushLayout(busybox, { tag: "latest", to: `${registry.address}/busybox:latest` });
  await pushLayout(busybox, { tag: "user", to: `${registry.address}/busybox:user` });
  await pushLayout(multi, { tag: "latest", to: `${registry.address}/multi:latest` });
  const copy = ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false"];
  const to = (name: string) => `docker://${registry.address}/${name}`;
  await runTool("skopeo", [...copy, "--format", "v2s2", `oci:${multi}:latest`, to("multi:docker")]);
  await runTool("skopeo", [
    ...copy,
    "--dest-compress-format",
    "zstd",
    "--dest-compress",
    `oci:${multi}:latest`,
    to("multi:zstd"),
  ]);
  const login = ["--dest-creds", `${registryUser.user}:${registryUser.password}`];
  await runTool("skopeo", [...copy, ...login, `oci:${busybox}:latest`, `docker://${guarded.address}/private:latest`]);
});

after(() => Promise.all([registry.stop(), guarded.stop()]));

for (const tag of ["latest", "docker", "zstd"]) {
  test(`pulls the three layers of multi:${tag}`, async (t) => {
    const { store, layers, pull } = pullSetting(t);
    const name = `${registry.address}/multi:${tag}`;
    const done = (await pull(name)).at(-1);
    assert.equal(layers.committed.size, 3);
    assert.equal(layers.open, 0);
    assert.ok(done?.kind === "done" && !done.upToDate);
    assert.equal(store.resolve(name)?.manifestDigest, done.digest);
  });
}

test("skopeo reads a pulled image", async (t) => {
  const { store, pull } = pullSetting(t);
  const name = `${registry.address}/multi:zstd`;
  const done = (await pull(name)).at(-1);
  const text = await runTool("skopeo", ["inspect", `oci:${store.directory}:${name}`]);
  const inspected = JSON.parse(text) as { Digest: string; Layers: string[] };
  assert.equal(inspected.Digest, done?.kind === "done" ? done.digest : undefined);
  assert.equal(inspected.Layers.length, 3);
  const copy = ["--insecure-policy", "copy", "-q"];
  await runTool("skopeo", [...copy, `oci:${store.directory}:${name}`, `dir:${store.directory}/copy`]);
});

test("a second pull finds everything there", async (t) => {
  const { pull } = pullSetting(t);
  await pull(`${registry.address}/busybox`);
  const events = await pull(`${registry.address}/busybox`);
  const done = events.at(-1);
  assert.equal(done?.kind === "done" && done.upToDate, true);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "layer" ? [event.phase] : [])),
    ["exists"],
  );
});

test("a layer whose tree is gone is unpacked from its blob, and one whose blob is gone is downloaded", async (t) => {
  const { layers, pull } = pullSetting(t);
  await pull(`${registry.address}/busybox`);
  layers.committed.clear();
  const events = await pull(`${registry.address}/busybox`);
  assert.equal(layers.committed.size, 1);
  assert.ok(!events.some((event) => event.kind === "layer" && event.phase === "downloading"));

  const other = pullSetting(t);
  for (const [diffId, size] of layers.committed) other.layers.committed.set(diffId, size);
  const again = await other.pull(`${registry.address}/busybox`);
  assert.ok(again.some((event) => event.kind === "layer" && event.phase === "downloading"));
  const image = other.store.list()[0];
  assert.ok(image !== undefined);
});

test("pulls by digest, and with tag and digest the digest decides", async (t) => {
  const { pull, failure } = pullSetting(t);
  const done = (await pull(`${registry.address}/busybox`)).at(-1);
  assert.ok(done?.kind === "done");
  const other = pullSetting(t);
  const byDigest = (await other.pull(`${registry.address}/busybox:user@${done.digest}`)).at(-1);
  assert.equal(byDigest?.kind === "done" && byDigest.digest, done.digest);
  const wrong = await failure(`${registry.address}/busybox@sha256:${"0".repeat(64)}`);
  assert.equal(wrong.code, "registryNotFound");
});

test("an unknown image and an unknown tag are not found, in Docker's words", async (t) => {
  const { failure, store } = pullSetting(t);
  for (const name of ["nothing:latest", "busybox:nothing"]) {
    const error = await failure(`${registry.address}/${name}`);
    assert.equal(error.code, "registryNotFound");
    assert.equal(error.message, `manifest for ${registry.address}/${name} not found: manifest unknown`);
  }
  assert.deepEqual(store.list(), []);
});

test("an image for another platform is refused when a platform was asked for", async (t) => {
  const { failure } = pullSetting(t);
  const error = await failure(`${registry.address}/busybox`, { platform: parsePlatform("linux/s390x") });
  assert.equal(error.code, "platformNotFound");
});

test("Basic authentication: without, with wrong and with right credentials", async (t) => {
  const { pull, failure } = pullSetting(t);
  const name = `${guarded.address}/private:latest`;
  const anonymous = await failure(name);
  assert.equal(anonymous.code, "registryUnauthorized");
  assert.equal(
    anonymous.message,
    `pull access denied for ${name}, repository does not exist or may require 'docker login'`,
  );
  const wrong = await failure(name, { registry: { ...quick, credentials: passwordFor("tester", "s3cret-wrong") } });
  assert.equal(wrong.code, "registryUnauthorized");
  assert.ok(!`${wrong.message}${wrong.hint}${wrong.stack}${JSON.stringify(wrong.details)}`.includes("s3cret-wrong"));
  const { user, password } = registryUser;
  await pull(name, { registry: { ...quick, credentials: passwordFor(user, password) } });
});

test("listTags() lists every tag", async () => {
  const tags = await listTags(parseImageRef(`${registry.address}/multi`), quick);
  assert.deepEqual([...tags].sort(), ["docker", "latest", "zstd"]);
  await assert.rejects(listTags(parseImageRef(`${registry.address}/nothing`), quick), /not found/);
});

test("an unreachable registry is named with what is wrong", async (t) => {
  const { failure } = pullSetting(t);
  const idle = await startRegistry();
  await idle.stop();
  const error = await failure(`${idle.address}/a`);
  assert.equal(error.code, "registryUnreachable");
  assert.match(error.message, /connection refused \(ECONNREFUSED\)/);
  assert.ok(error.message.includes(idle.address));
});
