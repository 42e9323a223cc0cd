// @regression V50 CVE-2020-15157
// @wrong Credentials went to the host of a foreign layer.
// @defence Addresses in descriptors are not followed; credentials belong to one scheme, host and port.
// @regression V51 redirects
// @wrong Credentials were sent on to wherever a registry redirected.
// @defence Redirects are followed by hand, at most five, without credentials to another host, never to plain HTTP or
//   inwards.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type FaultRegistry,
  type Intercept,
  makeImage,
  type ServedImage,
  startFaultRegistry,
} from "../../support/faultRegistry.ts";
import { passwordFor, pullSetting, quick } from "./pullSetting.ts";

const secret = "capture-me-if-you-can";
const withPassword = { registry: { ...quick, credentials: passwordFor("user", secret) } };
const basic = `Basic ${Buffer.from(`user:${secret}`).toString("base64")}`;

async function serve(t: TestContext, image: ServedImage, intercept?: Intercept): Promise<FaultRegistry> {
  const registry = await startFaultRegistry(image, intercept);
  t.after(() => registry.stop());
  return registry;
}

/** Asks for Basic authentication and sends whoever wants the layer to `location`. */
function redirecting(image: ServedImage, location: string, status = 307): Intercept {
  return (request, response) => {
    if (request.headers.authorization !== basic) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
      return true;
    }
    if (request.url !== image.layerPath) return false;
    response.writeHead(status, { location }).end();
    return true;
  };
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`a ${status} to another host is followed without the credentials`, async (t) => {
    const image = makeImage();
    const storage = await serve(t, image);
    const registry = await serve(t, image, redirecting(image, `${storage.url}${image.layerPath}`, status));
    const { pull, layers } = pullSetting(t);
    await pull(`${registry.address}/app`, withPassword);
    assert.equal(layers.committed.size, 1);
    assert.equal(storage.seen.length, 1);
    assert.ok(!JSON.stringify(storage.seen).includes("authorization"));
    assert.ok(!JSON.stringify(storage.seen).includes(secret));
  });
}

for (const scheme of ["Basic", "Bearer"]) {
  test(`a host that was redirected to cannot ask for the credentials with a ${scheme} challenge`, async (t) => {
    const image = makeImage();
    const evil = await serve(t, image, (request, response) => {
      const challenge = `${scheme} realm="http://${request.headers.host}/token",service="x"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return true;
    });
    const registry = await serve(t, image, redirecting(image, `${evil.url}${image.layerPath}`));
    const { failure } = pullSetting(t);
    assert.equal((await failure(`${registry.address}/app`, withPassword)).code, "registryUnauthorized");
    assert.equal(evil.seen.length, 1);
    assert.ok(!JSON.stringify(evil.seen).includes("authorization"));
  });
}

test("the URLs of a foreign layer are not followed", async (t) => {
  const evil = await serve(t, makeImage());
  const honest = makeImage();
  const manifest = JSON.parse(honest.documents.get("/v2/app/manifests/latest")?.bytes.toString() ?? "") as {
    config: object;
    layers: object[];
  };
  const layers = manifest.layers.map((layer) => ({ ...layer, urls: [`${evil.url}/layer`] }));
  const image = makeImage({ layer: honest.layer, diffId: honest.diffId, manifest: { layers } });
  const registry = await serve(t, image, (request, response) => {
    if (request.url !== image.layerPath) return false;
    response.writeHead(404).end();
    return true;
  });
  const { failure } = pullSetting(t);
  assert.equal((await failure(`${registry.address}/app`)).code, "registryNotFound");
  assert.equal(evil.seen.length, 0);
});

const refused: readonly (readonly [what: string, location: string])[] = [
  ["a file", "file:///etc/passwd"],
  ["data", "data:text/plain,x"],
  ["ftp", "ftp://127.0.0.1/x"],
  ["credentials in the URL", "http://user:pw@127.0.0.1:1/x"],
  ["no address", ""],
  ["nonsense", "http://[::zz]/"],
];

for (const [what, location] of refused) {
  test(`a redirect to ${what} is refused`, async (t) => {
    const image = makeImage();
    const registry = await serve(t, image, redirecting(image, location));
    const { failure } = pullSetting(t);
    assert.equal((await failure(`${registry.address}/app`, withPassword)).code, "registryProtocol");
  });
}

test("redirects end after five", async (t) => {
  const image = makeImage();
  const registry = await serve(t, image, redirecting(image, image.layerPath));
  const { failure } = pullSetting(t);
  assert.match((await failure(`${registry.address}/app`, withPassword)).message, /too many redirects/);
  assert.equal(registry.count("GET", image.layerPath), 6);
});

test("a registry that always answers 401 is asked twice", async (t) => {
  const image = makeImage();
  const registry = await serve(t, image, (_request, response) => {
    response.writeHead(401, { "www-authenticate": 'Basic realm="again"' }).end();
    return true;
  });
  const { failure } = pullSetting(t);
  const error = await failure(`${registry.address}/app`, withPassword);
  assert.equal(error.code, "registryUnauthorized");
  assert.equal(registry.seen.length, 2);
  assert.ok(!`${error.message}${error.stack}${error.hint}`.includes(secret));
});

test("tags that go on at another host are refused, and those that never end too", async (t) => {
  const { listTags, parseImageRef } = await import("../../../src/image/index.ts");
  let link = '<http://127.0.0.1:1/v2/app/tags/list>; rel="next"';
  const registry = await serve(t, makeImage(), (request, response) => {
    if (!request.url.startsWith("/v2/app/tags/list")) return false;
    response.writeHead(200, { link }).end(JSON.stringify({ tags: ["one", "../two", "three"] }));
    return true;
  });
  const reference = parseImageRef(`${registry.address}/app`);
  await assert.rejects(listTags(reference, quick), /go on at another host/);
  link = '</v2/app/tags/list?last=one>; rel="next"';
  await assert.rejects(listTags(reference, quick), /do not end/);
  link = "";
  assert.deepEqual(await listTags(reference, quick), ["one", "three"]);
});
