import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "../storeFixture.ts";
import { codeOf, nobody, pushBlob, pushing, serving, startUpload } from "./serving.ts";

const blob = Buffer.from("0123456789");
const digest = sha256(blob);

test("a blob is pushed by POST and PUT, and read again", async (t) => {
  const { ask, store } = await serving(t, pushing);
  const began = await ask("/v2/team/app/blobs/uploads/", { method: "POST", headers: { "Content-Length": "0" } });
  assert.deepEqual([began.status, began.headers.range], [202, "0-0"]);
  assert.match(String(began.headers.location), /^\/v2\/team\/app\/blobs\/uploads\/[0-9a-f]{32}$/);
  const ended = await ask(`${began.headers.location}?digest=${digest}`, { method: "PUT", body: blob });
  assert.deepEqual(
    [ended.status, ended.headers.location, ended.headers["docker-content-digest"], ended.body.length],
    [201, `/v2/team/app/blobs/${digest}`, digest, 0],
  );
  const read = await ask(String(ended.headers.location));
  assert.deepEqual([read.status, read.body.toString()], [200, "0123456789"]);
  const head = await ask(String(ended.headers.location), { method: "HEAD" });
  assert.deepEqual([head.status, head.headers["content-length"]], [200, "10"]);
  assert.equal((await ask(String(ended.headers.location), { headers: { Range: "bytes=2-3" } })).body.toString(), "23");
  assert.deepEqual(readdirSync(join(store.directory, "partial")), []);
});

test("a blob is pushed in one POST, with sha256 and with sha512", async (t) => {
  const { ask } = await serving(t, pushing);
  const long = `sha512:${createHash("sha512").update(blob).digest("hex")}`;
  for (const each of [digest, long]) {
    const path = `/v2/app/blobs/uploads/?digest=${encodeURIComponent(each)}`;
    const reply = await ask(path, { method: "POST", body: blob });
    assert.deepEqual([reply.status, reply.headers.location], [201, `/v2/app/blobs/${each}`]);
    assert.equal((await ask(`/v2/app/blobs/${each}`)).body.toString(), "0123456789");
  }
});

test("a blob is pushed in chunks, with and without saying where they belong, and its upload can be asked about", async (t) => {
  const { ask } = await serving(t, pushing);
  const location = await startUpload(ask, "app");
  const patch = (body: string, range?: string) =>
    ask(location, { method: "PATCH", body, headers: range === undefined ? {} : { "Content-Range": range } });
  const first = await patch("0123", "0-3");
  assert.deepEqual([first.status, first.headers.range, first.headers.location], [202, "0-3", location]);
  assert.equal((await patch("45")).headers.range, "0-5");
  const asked = await ask(location);
  assert.deepEqual([asked.status, asked.headers.range, asked.headers.location], [204, "0-5", location]);
  for (const [body, range] of [
    ["89", "8-9"],
    ["0123", "0-3"],
    ["67", "6-8"],
    ["67", "x"],
  ] as const) {
    const reply = await patch(body, range);
    assert.deepEqual([reply.status, codeOf(reply), reply.headers.range], [416, "RANGE_INVALID", "0-5"], range);
  }
  const wrong = await ask(`${location}?digest=${digest}`, {
    method: "PUT",
    body: "89",
    headers: { "Content-Range": "8-9" },
  });
  assert.equal(wrong.status, 416);
  const ended = await ask(`${location}?digest=${digest}`, {
    method: "PUT",
    body: "6789",
    headers: { "Content-Range": "6-9" },
  });
  assert.equal(ended.status, 201);
  assert.equal(codeOf(await ask(location)), "BLOB_UPLOAD_UNKNOWN");
});

test("an upload that lost its connection goes on where it stopped", async (t) => {
  const { ask, server } = await serving(t, pushing);
  const location = await startUpload(ask, "app");
  const socket = connect(server.port, server.host);
  socket.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234`);
  let range: unknown = "0-0";
  // The bytes arrive when they arrive; asking is what a client does, too.
  while (range === "0-0") range = (await ask(location)).headers.range;
  assert.equal(range, "0-4");
  assert.equal(codeOf(await ask(location, { method: "PATCH", body: "x" })), "BLOB_UPLOAD_INVALID");
  socket.resetAndDestroy();
  for (;;) {
    const reply = await ask(`${location}?digest=${digest}`, {
      method: "PUT",
      body: "56789",
      headers: { "Content-Range": "5-9" },
    });
    if (reply.status === 201) break;
    assert.equal(codeOf(reply), "BLOB_UPLOAD_INVALID");
  }
  assert.equal((await ask(`/v2/app/blobs/${digest}`)).body.toString(), "0123456789");
});

test("bytes that are not what their digest says become no blob, and nothing of them is left", async (t) => {
  const { ask, store } = await serving(t, pushing);
  const location = await startUpload(ask, "app");
  assert.equal(codeOf(await ask(location, { method: "PUT", body: blob })), "DIGEST_INVALID");
  assert.equal(codeOf(await ask(`${location}?digest=md5:abc`, { method: "PUT" })), "DIGEST_INVALID");
  const reply = await ask(`${location}?digest=${digest}`, { method: "PUT", body: "0123456780" });
  assert.deepEqual([reply.status, codeOf(reply)], [400, "DIGEST_INVALID"]);
  assert.equal((await ask(`/v2/app/blobs/${digest}`)).status, 404);
  assert.equal((await ask(location)).status, 404);
  assert.deepEqual(readdirSync(join(store.directory, "partial")), []);
  assert.equal(existsSync(store.blobPath(digest)), false);
});

test("an upload is cancelled, and belongs to its repository", async (t) => {
  const { ask, store } = await serving(t, pushing);
  const location = await startUpload(ask, "app");
  assert.equal((await ask(location.replace("/app/", "/other/"))).status, 404);
  assert.equal((await ask(location, { method: "DELETE" })).status, 204);
  assert.equal((await ask(location, { method: "DELETE" })).status, 404);
  assert.deepEqual(readdirSync(join(store.directory, "partial")), []);
});

test("an upload that is too large ends, and one that nobody goes on with too", async (t) => {
  const { ask, store } = await serving(t, { push: { ...pushing.push, maxBlobBytes: 9, abandonedAfterMs: 30 } });
  const path = `/v2/app/blobs/uploads/?digest=${digest}`;
  const reply = await ask(path, { method: "POST", body: blob });
  assert.deepEqual([reply.status, codeOf(reply)], [413, "SIZE_INVALID"]);
  await startUpload(ask, "app");
  while (readdirSync(join(store.directory, "partial")).length > 0) await new Promise((go) => setImmediate(go));
});

test("no more than 128 uploads are open at once", async (t) => {
  const { ask } = await serving(t, pushing);
  await Promise.all(Array.from({ length: 128 }, () => startUpload(ask, "app")));
  const reply = await ask("/v2/app/blobs/uploads/", { method: "POST" });
  assert.deepEqual([reply.status, codeOf(reply)], [429, "TOOMANYREQUESTS"]);
});

test("a blob is mounted from another repository, and uploaded where that does not have it", async (t) => {
  const { ask } = await serving(t, pushing);
  await pushBlob(ask, "one", blob);
  assert.equal(codeOf(await ask(`/v2/other/blobs/${digest}`)), "NAME_UNKNOWN");
  const uploads = "/v2/other/blobs/uploads/?mount=";
  const mounted = await ask(`${uploads}${digest}&from=one`, { method: "POST" });
  assert.deepEqual([mounted.status, mounted.headers.location], [201, `/v2/other/blobs/${digest}`]);
  assert.equal((await ask(`/v2/other/blobs/${digest}`)).status, 200);
  for (const query of [`${digest}&from=nobody`, digest, `${sha256("x")}&from=one`, "nonsense&from=one"]) {
    const reply = await ask(uploads + query, { method: "POST" });
    assert.deepEqual([reply.status, /\/uploads\/./.test(String(reply.headers.location))], [202, true], query);
  }
});

test("a registry for pulling only, methods without a meaning and names that are none are answered as the specification says", async (t) => {
  const readOnly = await serving(t);
  const open = await serving(t, { ...pushing, remove: nobody });
  for (const [ask, method, path, status, code] of [
    [readOnly.ask, "POST", "/v2/app/blobs/uploads/", 405, "UNSUPPORTED"],
    [readOnly.ask, "PUT", "/v2/app/manifests/1", 405, "UNSUPPORTED"],
    [readOnly.ask, "DELETE", "/v2/app/manifests/1", 405, "UNSUPPORTED"],
    [open.ask, "POST", "/v2/app/manifests/1", 405, "UNSUPPORTED"],
    [open.ask, "PUT", "/v2/_catalog", 405, "UNSUPPORTED"],
    [open.ask, "GET", "/v2/app/blobs/uploads/", 405, "UNSUPPORTED"],
    [open.ask, "TRACE", "/v2/", 405, "UNSUPPORTED"],
    [open.ask, "POST", "/v2/App/blobs/uploads/", 400, "NAME_INVALID"],
    [open.ask, "POST", "/v2/a//b/blobs/uploads/", 400, "NAME_INVALID"],
    [open.ask, "POST", "/v2/../blobs/uploads/", 400, "NAME_INVALID"],
    [open.ask, "PUT", "/v2/app:1/manifests/1", 400, "NAME_INVALID"],
    [open.ask, "PUT", "/v2/app/manifests/-1", 400, "TAG_INVALID"],
    [open.ask, "PUT", "/v2/app/manifests/sha256:abc", 400, "DIGEST_INVALID"],
    [open.ask, "PATCH", "/v2/app/blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN"],
    [open.ask, "DELETE", "/v2/app/manifests/1", 404, "MANIFEST_UNKNOWN"],
    [open.ask, "DELETE", `/v2/app/blobs/${digest}`, 404, "BLOB_UNKNOWN"],
  ] as const) {
    const reply = await ask(path, { method });
    assert.deepEqual([reply.status, codeOf(reply)], [status, code], `${method} ${path}`);
    if (status === 405) assert.ok(String(reply.headers.allow).length > 0);
  }
});

test("a web page cannot push", async (t) => {
  const { ask } = await serving(t, pushing);
  const headers = { Origin: "http://127.0.0.1:5000" };
  assert.equal(codeOf(await ask("/v2/app/blobs/uploads/", { method: "POST", headers })), "DENIED");
  assert.equal((await ask("/v2/", { headers })).status, 200);
});

test("sweeps wait while somebody pushes, and not for long after", async (t) => {
  const { ask, store } = await serving(t, { push: { ...pushing.push, quietMs: 1000 } });
  await pushBlob(ask, "app", blob);
  const location = await startUpload(ask, "app");
  const keeper = { sweepLayers: async () => [] };
  assert.equal((await store.collectGarbage(keeper)).postponed, true);
  await ask(location, { method: "DELETE" });
  let swept = await store.collectGarbage(keeper);
  while (swept.postponed) swept = await store.collectGarbage(keeper);
  assert.deepEqual(swept.blobs, [digest]);
  assert.equal((await ask(`/v2/app/blobs/${digest}`)).status, 404);
});

test("after a look for a blob and after a push sweeps wait for the manifest", async (t) => {
  const { ask, store } = await serving(t, pushing);
  const keeper = { sweepLayers: async () => [] };
  await ask(`/v2/app/blobs/${digest}`, { method: "HEAD" });
  assert.equal((await store.collectGarbage(keeper)).postponed, true);
});

test("a body that nobody wants does not keep a connection busy for ever", async (t) => {
  const { server } = await serving(t, pushing);
  const socket = connect(server.port, server.host);
  socket.on("error", () => undefined);
  socket.write("POST /v2/app/manifests/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n");
  const [answer] = await once(socket, "data");
  assert.match(String(answer), /^HTTP\/1\.1 405/);
  const more = setInterval(() => socket.write(Buffer.alloc(1 << 16)), 1);
  t.after(() => clearInterval(more));
  await new Promise((resolve) => socket.on("close", resolve));
});
