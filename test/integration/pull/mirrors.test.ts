import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type CredentialSource, listTags, parseImageRef } from "../../../src/image/index.ts";
import { type FaultRegistry, type Intercept, makeImage, startFaultRegistry } from "../../support/faultRegistry.ts";
import { pullSetting, quick } from "./pullSetting.ts";

const image = makeImage();
let origin: FaultRegistry;
let mirror: FaultRegistry;
/** What the mirror does instead of serving; each test sets its own. */
let fault: Intercept = () => false;

before(async () => {
  origin = await startFaultRegistry(image);
  mirror = await startFaultRegistry(image, (request, response) => fault(request, response));
});
after(() => Promise.all([origin.stop(), mirror.stop()]));

/** Every host is known by the same password, so that a wrong one would be told. */
const asked: string[] = [];
const passwords: CredentialSource = {
  find: async (registry) => {
    asked.push(registry);
    return { kind: "password", user: "user", password: `secret of ${registry}` };
  },
};

function registryWith(mirrors: readonly string[]) {
  origin.seen.length = 0;
  mirror.seen.length = 0;
  asked.length = 0;
  return { ...quick, mirrors: new Map([[origin.address, mirrors]]), credentials: passwords };
}

test("a mirror serves the image under the registry's name, and the registry is not asked", async (t) => {
  fault = () => false;
  const { store, pull } = pullSetting(t);
  await pull(`${origin.address}/app`, { registry: registryWith([mirror.address]) });
  assert.ok(store.resolve(`${origin.address}/app:latest`) !== undefined);
  assert.equal(origin.seen.length, 0);
});

function answering(status: number): Intercept {
  return (_, response) => {
    response.writeHead(status).end();
    return true;
  };
}

const faults: readonly (readonly [string, Intercept])[] = [
  ["does not have it", answering(404)],
  ["is out of order", answering(500)],
  ["has granted enough", answering(429)],
  ["lets nobody in", answering(401)],
  [
    "serves other bytes",
    ({ url, method }, response) => {
      if (url !== image.layerPath || method !== "GET") return false;
      response.writeHead(200, { "content-length": image.layer.length }).end(Buffer.alloc(image.layer.length));
      return true;
    },
  ],
  [
    "breaks in the middle of a layer",
    ({ url }, response) => {
      if (url !== image.layerPath) return false;
      response.writeHead(200, { "content-length": image.layer.length }).write(image.layer.subarray(0, 1000));
      setImmediate(() => response.destroy());
      return true;
    },
  ],
];

for (const [name, intercept] of faults) {
  test(`a mirror that ${name} is followed by the registry itself`, async (t) => {
    fault = intercept;
    const { store, layers, pull } = pullSetting(t);
    const events = await pull(`${origin.address}/app`, { registry: registryWith([mirror.address]) });
    assert.equal(events.at(-1)?.kind, "done");
    assert.equal(layers.committed.size, 1);
    assert.equal(layers.open, 0);
    assert.ok(store.resolve(`${origin.address}/app:latest`) !== undefined);
    const notices = events.flatMap((event) => (event.kind === "notice" ? [event.message] : []));
    assert.equal(notices.length, 1);
    assert.ok(origin.seen.length > 0);
  });
}

test("what the mirror brought before it broke is not fetched again", async (t) => {
  const half = Math.floor(image.layer.length / 2);
  fault = ({ url, headers }, response) => {
    if (url !== image.layerPath) return false;
    if (headers.range !== undefined) response.destroy();
    else {
      response.writeHead(200, { "content-length": image.layer.length });
      response.write(image.layer.subarray(0, half), () => response.socket?.end());
    }
    return true;
  };
  const { pull } = pullSetting(t);
  await pull(`${origin.address}/app`, { registry: registryWith([mirror.address]) });
  const ranges = origin.seen.filter(({ url }) => url === image.layerPath).map(({ headers }) => headers.range);
  assert.equal(ranges.length, 1);
  assert.match(ranges[0] ?? "", /^bytes=[1-9]\d*-/);
});

test("a mirror is shown its own credentials and never those of the registry", async (t) => {
  fault = (request, response) => {
    if (request.headers.authorization !== undefined) return false;
    response.writeHead(401, { "www-authenticate": 'Basic realm="mirror"' }).end();
    return true;
  };
  const { pull } = pullSetting(t);
  await pull(`${origin.address}/app`, { registry: registryWith([mirror.address]) });
  assert.deepEqual([...new Set(asked)], [mirror.address]);
  const sent = new Set(mirror.seen.flatMap(({ headers }) => headers.authorization ?? []));
  const own = Buffer.from(`user:secret of ${mirror.address}`).toString("base64");
  assert.deepEqual([...sent], [`Basic ${own}`]);
});

test("a mirror below a path is asked below that path", async (t) => {
  fault = ({ url }, response) => {
    if (url.startsWith("/v2/hub/app/")) response.writeHead(307, { location: url.replace("/hub/", "/") }).end();
    return url.startsWith("/v2/hub/app/");
  };
  const { pull } = pullSetting(t);
  await pull(`${origin.address}/app`, { registry: registryWith([`${mirror.address}/hub`]) });
  assert.equal(origin.seen.length, 0);
  assert.ok(mirror.seen.every(({ url }) => url.startsWith("/v2/")));
});

test("a blocked registry is not spoken to, neither by itself nor through a mirror", async (t) => {
  fault = () => false;
  const { failure } = pullSetting(t);
  const registry = { ...registryWith([mirror.address]), blockedRegistries: [origin.address] };
  assert.equal((await failure(`${origin.address}/app`, { registry })).code, "registryBlocked");
  await assert.rejects(listTags(parseImageRef(`${origin.address}/app`), registry));
  assert.equal(origin.seen.length + mirror.seen.length, 0);
});

test("the limit that a registry states is told, and stands in the failure of a 429", async (t) => {
  const granted = { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "7;w=21600" };
  fault = ({ url }, response) => {
    if (!url.includes("/manifests/")) return false;
    for (const [name, value] of Object.entries(granted)) response.setHeader(name, value);
    return false;
  };
  const { pull, failure } = pullSetting(t);
  const events = await pull(`${mirror.address}/app`);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "rateLimit" ? [event.rateLimit] : [])),
    [{ limit: 100, remaining: 7, windowSec: 21600 }],
  );
  fault = (_, response) => {
    response.writeHead(429, { ...granted, "ratelimit-remaining": "0;w=21600" }).end();
    return true;
  };
  const refused = await failure(`${mirror.address}/app:other`);
  assert.equal(refused.code, "registryRateLimited");
  assert.match(refused.message, /too many requests \(429\), 0 of 100 requests left in 6 hours/);
});
