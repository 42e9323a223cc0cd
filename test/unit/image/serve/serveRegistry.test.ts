import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readlinkSync, truncateSync } from "node:fs";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { parseImageRef } from "../../../../src/image/reference.ts";
import { serveRegistry } from "../../../../src/image/serve/serveRegistry.ts";
import { mediaTypes } from "../../../../src/oci/index.ts";
import { amd64, labelled, putImage, putNamed, sha256 } from "../storeFixture.ts";
import { codeOf, serving } from "./serving.ts";

test("the registry answers /v2/ with its version", async (t) => {
  const { ask } = await serving(t);
  const { status, headers } = await ask("/v2/");
  assert.equal(status, 200);
  assert.equal(headers["docker-distribution-api-version"], "registry/2.0");
});

test("a manifest is served by tag and digest under path, familiar and full name, with its own bytes and type", async (t) => {
  const { store, ask } = await serving(t);
  const { manifest } = await putNamed(store, "alpine:3.20");
  const bytes = await store.readDocument(manifest.digest, 10_000);
  for (const name of ["alpine", "library/alpine", "docker.io/library/alpine"]) {
    for (const reference of ["3.20", manifest.digest, encodeURIComponent(manifest.digest)]) {
      const reply = await ask(`/v2/${name}/manifests/${reference}`);
      assert.equal(reply.status, 200, `${name} ${reference}`);
      assert.deepEqual(reply.body, bytes);
      assert.equal(reply.headers["content-type"], mediaTypes.ociManifest);
      assert.equal(reply.headers["docker-content-digest"], manifest.digest);
    }
  }
  const head = await ask("/v2/alpine/manifests/3.20", { method: "HEAD" });
  assert.equal(head.headers["content-length"], String(manifest.size));
  assert.equal(head.body.length, 0);
});

test("the index that a registry gave is served by its digest", async (t) => {
  const { store, ask } = await serving(t);
  const { manifest } = await putImage(store);
  const document = { schemaVersion: 2, mediaType: mediaTypes.dockerIndex, manifests: [manifest] };
  const index = await store.putDocument(Buffer.from(JSON.stringify(document)), mediaTypes.dockerIndex);
  await store.setTag(parseImageRef("app"), { manifest, platform: amd64, indexDigest: index.digest });
  const reply = await ask(`/v2/app/manifests/${index.digest}`);
  assert.equal(reply.headers["content-type"], mediaTypes.dockerIndex);
});

test("a blob is served whole and in parts", async (t) => {
  const { store, ask } = await serving(t);
  const layer = Buffer.from("0123456789");
  await putNamed(store, "app", { layers: [layer] });
  const path = `/v2/app/blobs/${sha256(layer)}`;
  const table: readonly (readonly [string | undefined, number, string, string | undefined])[] = [
    [undefined, 200, "0123456789", undefined],
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-30", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=0-99999", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=1-2,4-5", 200, "0123456789", undefined],
    ["bytes=4-2", 200, "0123456789", undefined],
    ["lines=1-2", 200, "0123456789", undefined],
  ];
  for (const [range, status, body, contentRange] of table) {
    const reply = await ask(path, { headers: range === undefined ? {} : { Range: range } });
    assert.deepEqual(
      [reply.status, reply.body.toString(), reply.headers["content-range"]],
      [status, body, contentRange],
      range,
    );
    assert.equal(reply.headers["content-length"], String(body.length));
  }
  for (const range of ["bytes=10-", "bytes=99-100", "bytes=-0"]) {
    const reply = await ask(path, { headers: { Range: range } });
    assert.deepEqual([reply.status, reply.headers["content-range"]], [416, "bytes */10"], range);
  }
  const stale = await ask(path, { headers: { Range: "bytes=2-4", "If-Range": '"other"' } });
  assert.equal(stale.status, 200);
  const head = await ask(path, { method: "HEAD" });
  assert.deepEqual([head.status, head.headers["content-length"], head.body.length], [200, "10", 0]);
});

test("an empty blob is served", async (t) => {
  const { store, ask } = await serving(t);
  await putNamed(store, "app", { layers: [Buffer.alloc(0)] });
  const { status, body } = await ask(`/v2/app/blobs/${sha256("")}`);
  assert.deepEqual([status, body.length], [200, 0]);
});

test("a repository gives out its own blobs only", async (t) => {
  const { store, ask } = await serving(t);
  await putNamed(store, "one", { layers: [Buffer.from("one")] });
  await putNamed(store, "other", { layers: [Buffer.from("other")] });
  assert.equal((await ask(`/v2/one/blobs/${sha256("one")}`)).status, 200);
  assert.equal(codeOf(await ask(`/v2/one/blobs/${sha256("other")}`)), "BLOB_UNKNOWN");
});

test("tags and repositories are listed in pages", async (t) => {
  const { store, ask } = await serving(t);
  for (const tag of ["3", "1", "2"]) await putNamed(store, `app:${tag}`);
  await putNamed(store, "localhost:5000/team/tool:1");
  await putNamed(store, "quay.io/library/alpine:1");
  const list = async (path: string) => {
    const { body, headers } = await ask(path);
    return [JSON.parse(body.toString()), headers.link];
  };
  assert.deepEqual(await list("/v2/app/tags/list"), [{ name: "app", tags: ["1", "2", "3"] }, undefined]);
  assert.deepEqual(await list("/v2/app/tags/list?n=2"), [
    { name: "app", tags: ["1", "2"] },
    '</v2/app/tags/list?n=2&last=2>; rel="next"',
  ]);
  assert.deepEqual(await list("/v2/app/tags/list?n=2&last=2"), [{ name: "app", tags: ["3"] }, undefined]);
  assert.deepEqual(await list("/v2/app/tags/list?n=0"), [{ name: "app", tags: [] }, undefined]);
  assert.deepEqual(await list("/v2/_catalog"), [{ repositories: ["app", "library/alpine", "team/tool"] }, undefined]);
});

test("one path in two registries: a tag that means two images is refused, the full names work", async (t) => {
  const { store, ask } = await serving(t);
  const one = await putNamed(store, "quay.io/team/tool:1", labelled("one"));
  const other = await putNamed(store, "ghcr.io/team/tool:1", labelled("other"));
  assert.equal(codeOf(await ask("/v2/team/tool/manifests/1")), "MANIFEST_UNKNOWN");
  assert.equal((await ask(`/v2/team/tool/manifests/${one.manifest.digest}`)).status, 200);
  const full = await ask("/v2/ghcr.io/team/tool/manifests/1");
  assert.equal(full.headers["docker-content-digest"], other.manifest.digest);
  assert.deepEqual(JSON.parse((await ask("/v2/_catalog")).body.toString()).repositories, [
    "ghcr.io/team/tool",
    "quay.io/team/tool",
  ]);
});

test("what is not there, not allowed or malformed is answered with the specification's codes", async (t) => {
  const { store, ask } = await serving(t);
  await putNamed(store, "app:1");
  const digest = sha256("nothing");
  const table: readonly (readonly [string, string, number, string])[] = [
    ["GET", "/v2/nope/manifests/1", 404, "NAME_UNKNOWN"],
    ["GET", "/v2/nope/tags/list", 404, "NAME_UNKNOWN"],
    ["GET", `/v2/nope/blobs/${digest}`, 404, "NAME_UNKNOWN"],
    ["GET", "/v2/__proto__/manifests/constructor", 404, "NAME_UNKNOWN"],
    ["GET", "/v2/app/manifests/__proto__", 404, "MANIFEST_UNKNOWN"],
    ["GET", "/v2/app/manifests/2", 404, "MANIFEST_UNKNOWN"],
    ["GET", `/v2/app/manifests/${digest}`, 404, "MANIFEST_UNKNOWN"],
    ["GET", "/v2/app/manifests/md5:abc", 400, "DIGEST_INVALID"],
    ["GET", `/v2/app/blobs/${digest}`, 404, "BLOB_UNKNOWN"],
    ["GET", "/v2/app/blobs/sha256:..%2f..%2findex.json", 400, "DIGEST_INVALID"],
    ["GET", "/v2/app/blobs/%zz", 404, "NOT_FOUND"],
    ["GET", "/v2/app/tags/list?n=-1", 400, "PAGINATION_NUMBER_INVALID"],
    ["GET", "/v2/app/referrers/x", 400, "DIGEST_INVALID"],
    ["GET", "/v2/app/nothing/x", 404, "NOT_FOUND"],
    ["GET", "/v2/../../etc/passwd", 404, "NOT_FOUND"],
    ["GET", "/", 404, "NOT_FOUND"],
    ["GET", `/v2/${"a".repeat(3000)}/tags/list`, 414, "URI_TOO_LONG"],
    ["POST", "/v2/app/blobs/uploads/", 405, "UNSUPPORTED"],
    ["PUT", "/v2/app/manifests/1", 405, "UNSUPPORTED"],
    ["DELETE", "/v2/app/manifests/1", 405, "UNSUPPORTED"],
  ];
  for (const [method, path, status, code] of table) {
    const reply = await ask(path, { method });
    assert.deepEqual([reply.status, codeOf(reply)], [status, code], `${method} ${path}`);
  }
});

test("a damaged store is answered with 500 and without a path, and the server lives on", async (t) => {
  const { store, ask } = await serving(t);
  const { manifest } = await putNamed(store, "app");
  truncateSync(store.blobPath(manifest.digest), 2);
  const reply = await ask("/v2/app/manifests/latest");
  assert.equal(reply.status, 500);
  assert.equal(reply.body.toString().includes(store.directory), false);
  assert.equal((await ask("/v2/")).status, 200);
});

test("a header of more than 16 KiB and a request that is no HTTP are refused", async (t) => {
  const { server, ask } = await serving(t);
  assert.equal((await ask("/v2/", { headers: { "X-Long": "x".repeat(20_000) } })).status, 431);
  const socket = connect(server.port, server.host);
  socket.end("no HTTP\r\n\r\n");
  assert.match(await text(socket), /^HTTP\/1\.1 400 /);
});

test("serveRegistry() listens on loopback only unless told otherwise, and says when a port is taken", async (t) => {
  const { store, server } = await serving(t);
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "", "example.com", "127.0.0.1.example.com"]) {
    await assert.rejects(serveRegistry(store, { host, port: 0 }), { code: "insecureRegistry" }, host);
  }
  await assert.rejects(serveRegistry(store, { host: "localhost", port: server.port }), { code: "busy" });
  await assert.rejects(serveRegistry(store, { host: "192.0.2.1", port: 0, anyAddress: true }), {
    code: "invalidValue",
  });
});

test("close() ends connections that are open, and may be called twice", async (t) => {
  const { server } = await serving(t);
  const socket = connect(server.port, server.host);
  await once(socket, "connect");
  await server.close();
  await once(socket, "close");
  await server.close();
});

test("a client that goes away in the middle of a blob leaves no file open", async (t) => {
  const { store, server } = await serving(t);
  const layer = Buffer.alloc(16 << 20);
  await putNamed(store, "app", { layers: [layer] });
  const socket = connect(server.port, server.host);
  socket.write(`GET /v2/app/blobs/${sha256(layer)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(socket, "data");
  socket.pause();
  assert.equal(openFilesBelow(store.directory), 1);
  socket.destroy();
  while (openFilesBelow(store.directory) > 0) await new Promise((resolve) => setImmediate(resolve));
});

function openFilesBelow(directory: string): number {
  return readdirSync("/proc/self/fd").filter((fd) => linkOf(fd).startsWith(directory)).length;
}

/** The descriptor that lists the directory is gone again by the time it is looked at. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "";
  }
}
