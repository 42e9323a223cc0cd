import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { after, before, type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { makeImage, type ServedImage, sha256, startFaultRegistry } from "../../support/faultRegistry.ts";
import { type RunningRegistry, startRegistry } from "../../support/registry.ts";
import { startUploadRegistry, type UploadIntercept, type UploadRegistry } from "../../support/uploadRegistry.ts";
import { passwordFor, quick } from "../pull/pullSetting.ts";
import { lastDone, outcomes, type PushSetting, pushSetting } from "./pushSetting.ts";

const secret = "capture-me-if-you-can";
const withPassword = { registry: { ...quick, credentials: passwordFor("user", secret) } };
const basic = `Basic ${Buffer.from(`user:${secret}`).toString("base64")}`;

/** An image whose layer has `size` bytes that do not compress. */
function bigImage(size: number): ServedImage {
  const content = randomBytes(size);
  return makeImage({ layer: gzipSync(content, { level: 0 }), diffId: sha256(content) });
}

const image = bigImage(6 << 20);
const small = makeImage();
const configLength = [...image.documents.values()][2]?.bytes.length ?? 0;

interface Pushing extends PushSetting {
  readonly registry: UploadRegistry;
  /** The name that is held for the registry. */
  readonly name: string;
}

/** A registry with `intercept`, and an image that is here under a name of it. */
async function pushing(t: TestContext, served: ServedImage, intercept?: UploadIntercept): Promise<Pushing> {
  const registry = await startUploadRegistry(intercept);
  t.after(() => registry.stop());
  const source = await startFaultRegistry(served);
  t.after(() => source.stop());
  const setting = pushSetting(t);
  const name = `${registry.address}/app:1`;
  await setting.hold(`${source.address}/app:latest`, name);
  return { ...setting, registry, name };
}

/** True the first time that it is asked. */
function firstTime(): () => boolean {
  let asked = false;
  return () => {
    const isFirst = !asked;
    asked = true;
    return isFirst;
  };
}

test("a small blob goes along with the request that completes it, a large one before", async (t) => {
  const { push, name, registry } = await pushing(t, image);
  await push(name);
  const methods = (method: string) => registry.seen.filter((line) => line.startsWith(`${method} `)).length;
  assert.deepEqual([methods("POST"), methods("PATCH"), methods("PUT")], [2, 1, 3]);
  assert.equal(registry.seen.at(-1), "PUT /v2/app/manifests/1");
  assert.deepEqual(registry.blobs.get(sha256(image.layer)), image.layer);
});

test("an upload that is cut ten times goes on where the registry stopped, and sends little twice", async (t) => {
  let cuts = 0;
  const { push, name, registry } = await pushing(t, image, async (request, response, { uploads }) => {
    if (request.method !== "PATCH" || cuts === 10) return false;
    cuts += 1;
    const id = request.url.pathname.split("/").at(-1) ?? "";
    const part = await request.body(512 << 10);
    uploads.set(id, Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), part]));
    response.destroy();
    return true;
  });
  await push(name);
  assert.equal(cuts, 10);
  assert.deepEqual(registry.blobs.get(sha256(image.layer)), image.layer);
  assert.equal(registry.seen.filter((line) => /^POST /.test(line)).length, 2);
  // What the registry took before each cut came once: the rest is what was still missing.
  assert.ok(registry.received <= image.layer.length - (5 << 20) + 2000, `${registry.received}`);
});

test("an upload that the registry forgot begins anew", async (t) => {
  const forget = firstTime();
  const { push, name, registry } = await pushing(t, image, async (request, response, { uploads }) => {
    if (request.method !== "PATCH" || !forget()) return false;
    uploads.clear();
    await request.body(1000);
    response.destroy();
    return true;
  });
  await push(name);
  assert.deepEqual(registry.blobs.get(sha256(image.layer)), image.layer);
});

test("a lost answer to the last request is no reason to send the blob again", async (t) => {
  const lose = firstTime();
  const { push, name, registry } = await pushing(t, image, async (request, response, { blobs }) => {
    const digest = request.url.searchParams.get("digest");
    if (request.method !== "PUT" || digest !== sha256(image.layer) || !lose()) return false;
    blobs.set(digest, image.layer);
    response.destroy();
    return true;
  });
  await push(name);
  assert.equal(registry.seen.filter((line) => line.startsWith("PATCH ")).length, 1);
});

/** Takes no request of more than `limit` bytes of a blob, and says so before or after it has read it. */
function refusing(limit: number, when: "before" | "after", refused: number[] = []): UploadIntercept {
  return async ({ method, headers, url, body }, response) => {
    const length = Number(headers["content-length"] ?? 0);
    if ((method !== "PATCH" && method !== "PUT") || !url.pathname.includes("/blobs/") || length <= limit) return false;
    refused.push(length);
    if (when === "after") await body();
    response.writeHead(413).end();
    if (when === "before") await body().catch(() => undefined); // as proxies do, so that the answer is not lost
    return true;
  };
}

for (const when of ["before", "after"] as const) {
  test(`a registry that refuses requests as too large ${when} it has read them gets smaller ones`, async (t) => {
    const refused: number[] = [];
    const { push, name, registry } = await pushing(t, image, refusing(2 << 20, when, refused));
    await push(name);
    assert.deepEqual(registry.blobs.get(sha256(image.layer)), image.layer);
    assert.deepEqual(refused, [image.layer.length, 4 << 20]);
    assert.ok(registry.received < image.layer.length + 2000, `${registry.received}`);
  });
}

test("a blob that is too large to go along with the last request goes before it", async (t) => {
  const middling = bigImage(700_000);
  const { push, name, registry } = await pushing(t, middling, refusing(300_000, "after"));
  await push(name);
  assert.deepEqual(registry.blobs.get(sha256(middling.layer)), middling.layer);
});

test("a registry that takes no part, or wants larger ones than it takes, is given up", async (t) => {
  const { push, name } = await pushing(t, image, refusing(1000, "after"));
  await assert.rejects(push(name), { code: "registryProtocol", message: /the registry answered 413/ });
  const wanting = await pushing(t, image, async (request, response, registry) => {
    if (request.method === "POST") response.setHeader("oci-chunk-min-length", String(5 << 20));
    return refusing(2 << 20, "after")(request, response, registry);
  });
  await assert.rejects(wanting.push(wanting.name), { message: /the registry answered 413/ });
  assert.equal(wanting.registry.seen.filter((line) => line.startsWith("PATCH ")).length, 1);
});

test("a registry that takes only a part of what is sent gets the rest", async (t) => {
  const part = firstTime();
  const { push, name, registry } = await pushing(t, image, async (request, response, { uploads }) => {
    if (request.method !== "PATCH" || !part()) return false;
    const id = request.url.pathname.split("/").at(-1) ?? "";
    uploads.set(id, (await request.body()).subarray(0, 1 << 20));
    response.writeHead(202, { location: request.url.pathname, range: `0-${(1 << 20) - 1}` }).end();
    return true;
  });
  await push(name);
  assert.deepEqual(registry.blobs.get(sha256(image.layer)), image.layer);
  assert.equal(registry.received, image.layer.length - (1 << 20) + configLength);
});

test("503 and 429 are tried again, and too many of them end the push", async (t) => {
  let failures = 0;
  const { push, name } = await pushing(t, small, (request, response) => {
    if (request.method !== "POST" || failures >= 2) return false;
    failures += 1;
    response.writeHead(failures === 1 ? 503 : 429).end();
    return true;
  });
  await push(name);
  const always = await pushing(t, small, (request, response) => {
    if (request.method !== "PUT") return false;
    response.writeHead(503).end();
    return true;
  });
  assert.equal((await always.failure(always.name)).code, "registryProtocol");
});

for (const [status, code, words] of [
  [403, "registryDenied", "denied: requested access to the resource is denied"],
  [401, "registryUnauthorized", "unauthorized: authentication required"],
] as const) {
  test(`${status} ends the push with Docker's words and without a second attempt`, async (t) => {
    const { failure, name, registry } = await pushing(t, small, (request, response) => {
      if (request.method !== "POST") return false;
      response.writeHead(status).end();
      return true;
    });
    const error = await failure(name, withPassword);
    assert.equal(error.code, code);
    assert.ok(error.message.endsWith(words), error.message);
    assert.ok(!registry.seen.some((line) => line.startsWith("PUT ")));
  });
}

test("an upload that moves to another host takes no credentials there, and answers no challenge of it", async (t) => {
  const other = await startUploadRegistry();
  t.after(() => other.stop());
  const moved: UploadIntercept = (request, response) => {
    if (request.headers.authorization !== basic) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
      return true;
    }
    if (request.method !== "POST") return false;
    other.uploads.set("1", Buffer.alloc(0));
    response.writeHead(202, { location: `${other.url}/v2/app/blobs/uploads/1` }).end();
    return true;
  };
  const { push, name } = await pushing(t, small, moved);
  await push(name, withPassword).catch(() => undefined);
  assert.ok(other.blobs.size > 0);
  assert.ok(!JSON.stringify(other.headers).includes("authorization"));

  const evil = await startUploadRegistry((_request, response) => {
    response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    return true;
  });
  t.after(() => evil.stop());
  const lured = await pushing(t, small, (request, response, registry) => {
    if (request.method !== "POST" || request.headers.authorization !== basic) return moved(request, response, registry);
    response.writeHead(202, { location: `${evil.url}/v2/app/blobs/uploads/1` }).end();
    return true;
  });
  assert.equal((await lured.failure(lured.name, withPassword)).code, "registryUnauthorized");
  assert.ok(evil.seen.length > 0);
  assert.ok(!JSON.stringify(evil.headers).includes("authorization"));
});

for (const [what, location] of [
  ["a file", "file:///etc/passwd"],
  ["an address with credentials", "http://user:pw@127.0.0.1:1/"],
  ["no place", undefined],
] as const) {
  test(`an upload that is sent to ${what} is refused`, async (t) => {
    const { failure, name } = await pushing(t, small, (request, response) => {
      if (request.method !== "POST") return false;
      response.writeHead(202, location === undefined ? {} : { location }).end();
      return true;
    });
    assert.equal((await failure(name)).code, "registryProtocol");
  });
}

test("a redirect of what is sent is not followed", async (t) => {
  const other = await startUploadRegistry();
  t.after(() => other.stop());
  const { failure, name } = await pushing(t, small, (request, response) => {
    if (request.method !== "PUT") return false;
    response.writeHead(307, { location: `${other.url}${request.url.pathname}` }).end();
    return true;
  });
  assert.equal((await failure(name)).code, "registryProtocol");
  assert.deepEqual(other.seen, []);
});

test("a registry that stores another manifest than it was sent is found out", async (t) => {
  const { failure, name } = await pushing(t, small, (request, response) => {
    if (!request.url.pathname.includes("/manifests/")) return false;
    response.writeHead(201, { "docker-content-digest": `sha256:${"0".repeat(64)}` }).end();
    return true;
  });
  assert.equal((await failure(name)).code, "digestMismatch");
});

test("a blob that has changed on the disk is named when the registry does not accept it", async (t) => {
  const { failure, name, store, registry } = await pushing(t, small);
  const digest = store.resolve(name)?.manifest.layers[0]?.digest;
  assert.ok(digest !== undefined);
  writeFileSync(store.blobPath(digest), Buffer.alloc(small.layer.length));
  const error = await failure(name);
  assert.equal(error.code, "storeCorrupt");
  assert.equal(error.details.path, store.blobPath(digest));
  assert.ok(!registry.seen.some((line) => line.includes("/manifests/")));
});

test("an image that is not whole is not pushed", async (t) => {
  const { failure, name, store } = await pushing(t, small);
  const digest = store.resolve(name)?.manifest.layers[0]?.digest;
  assert.ok(digest !== undefined);
  rmSync(store.blobPath(digest));
  assert.equal((await failure(name)).code, "storeCorrupt");
});

test("a push that is interrupted ends at once, and leaves the name out of the registry", async (t) => {
  const stop = new AbortController();
  const { failure, name, registry } = await pushing(t, image, async (request) => {
    if (request.method !== "PATCH") return false;
    await request.body(1000);
    stop.abort();
    return true;
  });
  assert.equal((await failure(name, { signal: stop.signal })).code, "interrupted");
  assert.equal(registry.manifests.size, 0);
});

let real: RunningRegistry;
before(async () => {
  real = await startRegistry();
});
after(() => real?.stop());

/** A connection to the registry that is cut each time after so many bytes of the client's, `cuts` times. */
async function cuttingProxy(t: TestContext, { cuts, afterBytes }: { cuts: number; afterBytes: number }) {
  let left = cuts;
  let passed = 0;
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const upstream = connect(real.port, real.host);
    sockets.push(client, upstream);
    let count = 0;
    client.on("data", (chunk) => {
      count += chunk.length;
      passed += chunk.length;
      if (left > 0 && count > afterBytes) {
        left -= 1;
        // What came so far still arrives; then both sides see the end.
        upstream.end(chunk);
        client.destroy();
        return;
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => client.write(chunk));
    client.on("error", () => upstream.destroy()).on("end", () => upstream.end());
    upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening socket has a port");
  return { address: `127.0.0.1:${address.port}`, left: () => left, passed: () => passed };
}

test("docker-registry keeps what arrived before a cut, and the push goes on from there", async (t) => {
  const proxy = await cuttingProxy(t, { cuts: 4, afterBytes: 1 << 20 });
  const source = await startFaultRegistry(image);
  t.after(() => source.stop());
  const { hold, push } = pushSetting(t);
  const name = `${proxy.address}/cut:1`;
  await hold(`${source.address}/app:latest`, name);
  const events = await push(name);
  assert.deepEqual(outcomes(events), ["pushed", "pushed"]);
  assert.equal(proxy.left(), 0);
  const direct = await fetch(`${real.url}/v2/cut/manifests/${lastDone(events).digest}`, {
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
  assert.equal(direct.status, 200);
  assert.ok(proxy.passed() < image.layer.length * 2, `${proxy.passed()} bytes for ${image.layer.length}`);
});
