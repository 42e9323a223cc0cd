import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { busyboxLayout, multiLayerLayout, pushLayout } from "../../support/fixtures.ts";
import { runTool } from "../../support/programs.ts";
import { type RunningRegistry, registryUser, startRegistry } from "../../support/registry.ts";
import { passwordFor, pullSetting, quick } from "../pull/pullSetting.ts";
import { lastDone, outcomes, pushSetting } from "./pushSetting.ts";

let source: RunningRegistry;
let target: RunningRegistry;
let guarded: RunningRegistry;
let readOnly: RunningRegistry;

const raw = async (registry: RunningRegistry, name: string): Promise<string> =>
  runTool("skopeo", ["inspect", "--raw", "--tls-verify=false", `docker://${registry.address}/${name}`]);

before(async () => {
  [source, target, guarded, readOnly] = await Promise.all([
    startRegistry(),
    startRegistry(),
    startRegistry({ auth: "basic" }),
    startRegistry({ readOnly: true }),
  ]);
  const [busybox, multi] = [await busyboxLayout(), await multiLayerLayout()];
  await pushLayout(busybox, { tag: "latest", to: `${source.address}/busybox:1` });
  await pushLayout(multi, { tag: "latest", to: `${source.address}/multi:oci` });
  const copy = ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false"];
  const to = (name: string) => `docker://${source.address}/${name}`;
  await runTool("skopeo", [...copy, "--format", "v2s2", `oci:${multi}:latest`, to("multi:docker")]);
  const zstd = ["--dest-compress-format", "zstd", "--dest-compress"];
  await runTool("skopeo", [...copy, ...zstd, `oci:${multi}:latest`, to("multi:zstd")]);
});

after(() => Promise.all([source, target, guarded, readOnly].map((registry) => registry?.stop())));

for (const tag of ["oci", "docker", "zstd"]) {
  test(`multi:${tag} is pulled and pushed byte for byte, and pulled again by its digest`, async (t) => {
    const { hold, push } = pushSetting(t);
    const to = `${target.address}/copy-${tag}`;
    await hold(`${source.address}/multi:${tag}`, `${to}:1`);
    const events = await push(`${to}:1`);
    const { digest, size } = lastDone(events);
    assert.deepEqual(outcomes(events), ["pushed", "pushed", "pushed", "pushed"]);
    const [before, behind] = [await raw(source, `multi:${tag}`), await raw(target, `copy-${tag}:1`)];
    assert.equal(behind, before);
    assert.equal(size, Buffer.byteLength(before));
    const { pull, layers } = pullSetting(t);
    await pull(`${to}@${digest}`);
    assert.equal(layers.committed.size, 3);
  });
}

test("what is there is not sent again, and another repository's blobs are mounted", async (t) => {
  const { hold, push } = pushSetting(t);
  const [first, second] = [`${target.address}/first:1`, `${target.address}/second/place:1`];
  await hold(`${source.address}/busybox:1`, first);
  await push(first);
  assert.deepEqual(outcomes(await push(first)), ["exists", "exists"]);
  await hold(first, second);
  const events = await push(second);
  assert.deepEqual(outcomes(events), ["mounted", "mounted"]);
  assert.ok(events.some((event) => event.kind === "layer" && event.from === "first"));
  assert.equal(await raw(target, "second/place:1"), await raw(source, "busybox:1"));
});

test("--all-tags pushes every tag of the repository, and their common blobs once", async (t) => {
  const { hold, push, failure } = pushSetting(t);
  const to = `${target.address}/every`;
  await hold(`${source.address}/multi:oci`, `${to}:a`);
  await hold(`${source.address}/multi:oci`, `${to}:b`);
  const events = await push(to, { allTags: true });
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "done" ? [event.tag] : [])),
    ["a", "b"],
  );
  assert.equal(events.filter((event) => event.kind === "layer" && event.phase === "pushed").length, 4);
  assert.equal((await failure(`${to}:a`, { allTags: true })).code, "invalidReference");
});

test("after a push the name has the digest of the registry", async (t) => {
  const { hold, push, store } = pushSetting(t);
  const to = `${target.address}/noted:1`;
  await hold(`${source.address}/busybox:1`, to);
  const { digest } = lastDone(await push(to));
  assert.ok(store.resolve(to)?.digests.some((ref) => ref.repository === "noted" && ref.digest === digest));
});

test("an image that is not here is not pushed, in Docker's words", async (t) => {
  const { hold, failure, store } = pushSetting(t);
  const to = `${target.address}/absent`;
  const absent = await failure(`${to}:1`);
  assert.equal(absent.code, "imageNotFound");
  assert.equal(absent.message, `An image does not exist locally with the tag: ${to}`);
  await hold(`${source.address}/busybox:1`, `${to}:1`);
  assert.equal((await failure(`${to}:2`)).message, `tag does not exist: ${to}:2`);
  const { manifestDigest } = store.list()[0] ?? {};
  assert.equal((await failure(`${to}@${manifestDigest}`)).message, "cannot push a digest reference");
});

test("Basic authentication: without, with wrong and with right credentials", async (t) => {
  const { hold, push, failure } = pushSetting(t);
  const to = `${guarded.address}/private:1`;
  await hold(`${source.address}/busybox:1`, to);
  const anonymous = await failure(to);
  assert.equal(anonymous.code, "registryUnauthorized");
  assert.match(anonymous.message, /unauthorized: authentication required$/);
  const wrong = await failure(to, { registry: { ...quick, credentials: passwordFor("tester", "s3cret-wrong") } });
  assert.equal(wrong.code, "registryUnauthorized");
  assert.ok(!`${wrong.message}${wrong.hint}${wrong.stack}${JSON.stringify(wrong.details)}`.includes("s3cret-wrong"));
  const { user, password } = registryUser;
  await push(to, { registry: { ...quick, credentials: passwordFor(user, password) } });
});

test("a read-only registry takes nothing, and says so", async (t) => {
  const { hold, failure } = pushSetting(t);
  const to = `${readOnly.address}/app:1`;
  await hold(`${source.address}/busybox:1`, to);
  const error = await failure(to);
  assert.equal(error.code, "registryDenied");
  assert.match(error.message, /takes no uploads \(405\)/);
});

test("a registry that the configuration blocks is not asked", async (t) => {
  const { hold, failure } = pushSetting(t);
  const to = `${target.address}/blocked:1`;
  await hold(`${source.address}/busybox:1`, to);
  const error = await failure(to, { registry: { ...quick, blockedRegistries: [target.address] } });
  assert.equal(error.code, "registryBlocked");
});
