// @regression V55 error texts of registries
// @wrong Whatever a registry answered was printed, however long.
// @defence Bodies of errors are bounded, and control characters written out.
// @regression V89 clients of HTTP
// @wrong Endless headers, compressed transports and wrong lengths confused clients.
// @defence Sizes and times of each phase are bounded, and a transport is what it says or refused.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { ErrorCode } from "../../../src/base/index.ts";
import {
  type FaultRegistry,
  type Intercept,
  makeImage,
  type SeenRequest,
  type ServedImage,
  sha256,
  startFaultRegistry,
} from "../../support/faultRegistry.ts";
import { brief, pullSetting, quick } from "./pullSetting.ts";

async function serve(t: TestContext, image: ServedImage, intercept?: Intercept): Promise<FaultRegistry> {
  const registry = await startFaultRegistry(image, intercept);
  t.after(() => registry.stop());
  return registry;
}

const phases = ["manifest", "config", "layer"] as const;
type Phase = (typeof phases)[number];

function phaseOf(image: ServedImage, { method, url }: SeenRequest): Phase | undefined {
  if (method !== "GET") return undefined;
  if (url.includes("/manifests/")) return "manifest";
  return url === image.layerPath ? "layer" : "config";
}

/** Misbehaves the first `times` requests of a phase. */
function failing(
  image: ServedImage,
  phase: Phase,
  times: number,
  misbehave: (response: ServerResponse, bytes: Buffer) => void,
): Intercept {
  let left = times;
  return (request, response) => {
    const document = image.documents.get(request.url);
    if (phaseOf(image, request) !== phase || document === undefined || left === 0) return false;
    left -= 1;
    misbehave(response, document.bytes);
    return true;
  };
}

const passing: readonly (readonly [what: string, (response: ServerResponse, bytes: Buffer) => void])[] = [
  ["500", (response) => response.writeHead(500).end("no")],
  [
    "502 with a page",
    (response) => response.writeHead(502, { "content-type": "text/html" }).end("<html>".repeat(1000)),
  ],
  ["503 with Retry-After", (response) => response.writeHead(503, { "retry-after": "0" }).end()],
  ["429 with a Retry-After of a year", (response) => response.writeHead(429, { "retry-after": "31536000" }).end()],
  ["429 without Retry-After", (response) => response.writeHead(429).end("{}")],
  ["a reset before the headers", (response) => response.socket?.resetAndDestroy()],
  [
    "a reset in the middle of the body",
    (response, bytes) => {
      response.writeHead(200, {
        "content-length": bytes.length,
        "content-type": "application/vnd.oci.image.manifest.v1+json",
      });
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.resetAndDestroy());
    },
  ],
  [
    "an early end",
    (response, bytes) => {
      response.writeHead(200, {
        "content-length": bytes.length,
        "content-type": "application/vnd.oci.image.manifest.v1+json",
      });
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.end());
    },
  ],
  [
    "a stall in the middle of the body",
    (response, bytes) => {
      response.writeHead(200, {
        "content-length": bytes.length,
        "content-type": "application/vnd.oci.image.manifest.v1+json",
      });
      response.write(bytes.subarray(0, bytes.length >> 1));
    },
  ],
  ["silence instead of headers", () => {}],
];

for (const [what, misbehave] of passing) {
  for (const phase of phases) {
    test(`a pull survives ${what} at the ${phase}, twice`, async (t) => {
      const image = makeImage();
      const registry = await serve(t, image, failing(image, phase, 2, misbehave));
      const { pull, layers } = pullSetting(t);
      await pull(`${registry.address}/app`, { registry: /stall|silence/.test(what) ? brief : quick });
      assert.deepEqual([...layers.committed.keys()], [image.diffId]);
    });
  }
}

test("a pull gives up after five failures, and the next one carries on", async (t) => {
  const image = makeImage();
  const registry = await serve(
    t,
    image,
    failing(image, "layer", 5, (response) => response.writeHead(500).end()),
  );
  const { pull, failure, layers, store } = pullSetting(t);
  assert.equal((await failure(`${registry.address}/app`)).code, "registryProtocol");
  assert.deepEqual([layers.committed.size, layers.open, layers.aborted, store.list().length], [0, 0, 1, 0]);
  await pull(`${registry.address}/app`);
  assert.equal(layers.committed.size, 1);
});

test("nothing is asked twice for a 403 or a 404", async (t) => {
  for (const [status, code] of [
    [403, "registryDenied"],
    [404, "registryNotFound"],
  ] as const) {
    const image = makeImage();
    const registry = await serve(
      t,
      image,
      failing(image, "layer", 9, (response) => response.writeHead(status).end()),
    );
    const { failure } = pullSetting(t);
    assert.equal((await failure(`${registry.address}/app`)).code, code);
    assert.equal(registry.count("GET", image.layerPath), 1);
  }
});

test("an interrupted layer is resumed by Range in the next invocation", async (t) => {
  const image = makeImage();
  const half = image.layer.length >> 1;
  const broken = failing(image, "layer", 1, (response, bytes) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, half), () => response.socket?.end());
  });
  const registry = await serve(t, image, broken);
  const { pull, failure, layers } = pullSetting(t);
  const once = { registry: { ...quick, retries: { attempts: 1 } } };
  assert.equal((await failure(`${registry.address}/app`, once)).code, "registryUnreachable");
  const events = await pull(`${registry.address}/app`, once);
  assert.equal(registry.seen.at(-1)?.headers.range, `bytes=${half}-${image.layer.length - 1}`);
  assert.ok(events.some((event) => event.kind === "layer" && event.phase === "verifying"));
  assert.equal(layers.committed.size, 1);
});

const rangeFaults: readonly (readonly [what: string, (response: ServerResponse, bytes: Buffer) => void])[] = [
  ["ignores Range", (response, bytes) => response.writeHead(200, { "content-length": bytes.length }).end(bytes)],
  ["answers Range with 416", (response) => response.writeHead(416).end()],
  [
    "sends a part that begins later",
    (response, bytes) =>
      response
        .writeHead(206, { "content-range": `bytes ${bytes.length - 5}-${bytes.length - 1}/${bytes.length}` })
        .end(bytes.subarray(-5)),
  ],
  ["sends a part without saying which", (response, bytes) => response.writeHead(206).end(bytes.subarray(-5))],
  [
    "sends a part that begins earlier",
    (response, bytes) =>
      response
        .writeHead(206, { "content-range": `bytes 10-${bytes.length - 1}/${bytes.length}` })
        .end(bytes.subarray(10)),
  ],
];

for (const [what, answer] of rangeFaults) {
  test(`a pull goes on with a registry that ${what}`, async (t) => {
    const image = makeImage();
    const half = image.layer.length >> 1;
    let broken = false;
    const registry = await serve(t, image, (request, response) => {
      if (request.url !== image.layerPath) return false;
      if (request.headers.range !== undefined) {
        answer(response, image.layer);
        return true;
      }
      if (broken) return false;
      broken = true;
      response.writeHead(200, { "content-length": image.layer.length });
      response.write(image.layer.subarray(0, half), () => response.socket?.end());
      return true;
    });
    const { pull, layers } = pullSetting(t);
    await pull(`${registry.address}/app`);
    assert.equal(layers.committed.size, 1);
    assert.ok(registry.seen.some((request) => request.headers.range !== undefined));
  });
}

test("a damaged partial download is noticed and fetched anew", async (t) => {
  const image = makeImage();
  const registry = await serve(t, image);
  const { pull, store, layers } = pullSetting(t);
  const digest = sha256(image.layer) as Parameters<typeof store.hasBlob>[0];
  const partial = await store.openPartial({ mediaType: "x", digest, size: image.layer.length });
  await partial.append(Buffer.concat([image.layer.subarray(0, 5000), Buffer.from("not what it was")]));
  await partial.release();
  await pull(`${registry.address}/app`);
  assert.equal(layers.committed.size, 1);
  assert.equal(registry.count("GET", image.layerPath), 2);
});

const corrupt = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1] = ~(copy[copy.length >> 1] ?? 0) & 0xff;
  return copy;
};
const plain = "application/vnd.oci.image.layer.v1.tar";
const zeros = gzipSync(Buffer.alloc(4 << 20));

const lies: readonly (readonly [what: string, code: ErrorCode, image: ServedImage, Intercept?])[] = (() => {
  const honest = makeImage();
  const swap =
    (bytes: Buffer): Intercept =>
    (request, response) => {
      if (request.url !== honest.layerPath) return false;
      response.writeHead(200).end(bytes);
      return true;
    };
  return [
    ["other bytes of the same length", "digestMismatch", honest, swap(corrupt(honest.layer))],
    ["one byte more", "sizeMismatch", honest, swap(Buffer.concat([honest.layer, Buffer.of(0)]))],
    ["one byte less, every time", "truncatedBlob", honest, swap(honest.layer.subarray(0, -1))],
    ["a Content-Length that is not the size", "sizeMismatch", makeImage({ size: honest.layer.length + 7 })],
    ["a layer with another diffId", "diffIdMismatch", makeImage({ diffId: `sha256:${"0".repeat(64)}` })],
    ["a layer that is not gzip", "malformedLayer", makeImage({ layer: Buffer.from("this is not gzip at all") })],
    ["a gzip layer called plain", "malformedLayer", makeImage({ layerType: plain })],
    ["half a gzip stream", "malformedLayer", makeImage({ layer: gzipSync(Buffer.alloc(99999, "x")).subarray(0, -20) })],
    ["a gzip layer called zstd", "malformedLayer", makeImage({ layerType: `${plain}+zstd` })],
    ["an encrypted layer", "unsupportedMediaType", makeImage({ layerType: `${plain}+gzip+encrypted` })],
    ["no layers but a diffId", "malformedDocument", makeImage({ manifest: { layers: [] } })],
    ["a manifest that is also an index", "ambiguousDocument", makeImage({ manifest: { manifests: [] } })],
    [
      "a manifest that says it is an index",
      "ambiguousDocument",
      makeImage({ manifest: { mediaType: "application/vnd.oci.image.index.v1+json" } }),
    ],
    ["an image for another system", "platformNotFound", makeImage({ config: { os: "windows" } })],
  ];
})();

for (const [what, code, image, intercept] of lies) {
  test(`a pull refuses ${what}, and nothing is left`, async (t) => {
    const registry = await serve(t, image, intercept);
    const { failure, layers, store } = pullSetting(t);
    const error = await failure(`${registry.address}/app`);
    assert.equal(error.code, code, error.message);
    assert.deepEqual([layers.committed.size, layers.open, store.list().length], [0, 0, 0]);
  });
}

test("a body without end is given up at the size of the manifest", async (t) => {
  const image = makeImage();
  let sent = 0;
  const registry = await serve(t, image, (request, response) => {
    if (request.url !== image.layerPath) return false;
    const more = (): void => {
      while (!response.closed && sent < 1 << 30) {
        sent += 1 << 16;
        if (!response.write(Buffer.alloc(1 << 16))) break;
      }
    };
    response.writeHead(200).on("drain", more);
    more();
    return true;
  });
  const { failure } = pullSetting(t);
  assert.equal((await failure(`${registry.address}/app`)).code, "sizeMismatch");
  assert.ok(sent < 64 << 20, `took ${sent} bytes`);
});

/** Answers with bytes for as long as somebody takes them, but not for ever; tells how many were taken. */
function endless(response: ServerResponse, headers: Readonly<Record<string, string>>): () => number {
  let sent = 0;
  const more = (): void => {
    while (!response.closed && sent < 64 << 20) {
      sent += 1 << 16;
      if (!response.write(Buffer.alloc(1 << 16, " "))) return;
    }
    response.end();
  };
  response.writeHead(200, headers).on("drain", more);
  more();
  return () => sent;
}

test("a document without end is given up at its limit: a manifest, and the answer of who gives out tokens", async (t) => {
  for (const place of ["/manifests/", "/token"]) {
    const image = makeImage();
    let taken = (): number => 0;
    const registry = await serve(t, image, ({ method, url, headers }, response) => {
      if (url.startsWith("/token") && place === "/token") {
        taken = endless(response, { "content-type": "application/json" });
        return true;
      }
      if (place === "/token") {
        const realm = `Bearer realm="http://${headers.host}/token",service="x"`;
        response.writeHead(401, { "www-authenticate": realm }).end();
        return true;
      }
      if (method === "HEAD") response.writeHead(405).end();
      else taken = endless(response, { "content-type": "application/vnd.oci.image.manifest.v1+json" });
      return true;
    });
    const { failure } = pullSetting(t);
    assert.equal((await failure(`${registry.address}/app`)).code, "limitExceeded", place);
    assert.ok(taken() > 0 && taken() < 32 << 20, `took ${taken()} bytes`);
  }
});

test("headers without end are given up before they fill the memory", async (t) => {
  const image = makeImage();
  let sent = 0;
  const registry = await serve(t, image, (request, response) => {
    if (phaseOf(image, request) !== "layer" || response.socket === null) return false;
    const { socket } = response;
    const more = (): void => {
      while (!socket.destroyed && sent < 64 << 20) {
        sent += 1 << 16;
        if (!socket.write(`x-${sent}: ${"y".repeat((1 << 16) - 16)}\r\n`)) return;
      }
      socket.destroy();
    };
    socket.write("HTTP/1.1 200 OK\r\n");
    socket.on("drain", more).on("error", () => undefined);
    more();
    return true;
  });
  const { failure } = pullSetting(t);
  const error = await failure(`${registry.address}/app`, { registry: { ...quick, retries: { attempts: 1 } } });
  assert.match(error.message, /HPE_HEADER_OVERFLOW/);
  assert.ok(sent < 32 << 20, `took ${sent} bytes`);
});

test("a decompression bomb ends at the limit", async (t) => {
  const image = makeImage({ layer: zeros, diffId: sha256(Buffer.alloc(4 << 20)) });
  const registry = await serve(t, image);
  const { failure, pull, layers } = pullSetting(t);
  const error = await failure(`${registry.address}/app`, { limits: { maxBytes: 1 << 20 } });
  assert.equal(error.code, "limitExceeded");
  assert.equal(
    (await failure(`${registry.address}/app`, { limits: { freeBytes: 1, maxRatio: 10 } })).code,
    "limitExceeded",
  );
  await pull(`${registry.address}/app`);
  assert.equal(layers.committed.size, 1);
});

test("a manifest that the registry announces under another digest is refused", async (t) => {
  const image = makeImage();
  const other = `sha256:${"1".repeat(64)}`;
  const registry = await serve(t, image, (request, response) => {
    if (!request.url.includes("/manifests/")) return false;
    const document = image.documents.get("/v2/app/manifests/latest");
    response.writeHead(200, { "content-type": document?.type, "docker-content-digest": other });
    response.end(request.method === "HEAD" ? undefined : document?.bytes);
    return true;
  });
  const { failure } = pullSetting(t);
  assert.equal((await failure(`${registry.address}/app`)).code, "digestMismatch");
  assert.equal((await failure(`${registry.address}/app@sha256:${"2".repeat(64)}`)).code, "digestMismatch");
});

test("a registry without HEAD is asked with GET", async (t) => {
  const image = makeImage();
  const registry = await serve(t, image, ({ method }, response) => {
    if (method !== "HEAD") return false;
    response.writeHead(405).end();
    return true;
  });
  const { pull, layers } = pullSetting(t);
  await pull(`${registry.address}/app`);
  assert.equal(layers.committed.size, 1);
});

test("a known digest makes the GET of the manifest unnecessary", async (t) => {
  const image = makeImage();
  const registry = await serve(t, image);
  const { pull } = pullSetting(t);
  await pull(`${registry.address}/app`);
  const before = registry.seen.length;
  await pull(`${registry.address}/app`);
  assert.deepEqual(
    registry.seen.slice(before).map(({ method }) => method),
    ["HEAD"],
  );
});

test("no compressed transport is asked for, and a mislabelled one is taken as it is", async (t) => {
  const image = makeImage();
  const registry = await serve(t, image, (request, response) => {
    if (request.url !== image.layerPath) return false;
    response.writeHead(200, { "content-encoding": "gzip", "content-length": image.layer.length }).end(image.layer);
    return true;
  });
  const { pull, layers } = pullSetting(t);
  await pull(`${registry.address}/app`);
  assert.equal(layers.committed.size, 1);
  assert.ok(registry.seen.every(({ headers }) => !/gzip|deflate|br/.test(String(headers["accept-encoding"] ?? ""))));
});

test("a transport that really compresses is refused with a hint", async (t) => {
  const image = makeImage({
    layer: Buffer.alloc(300_000, "plain tar"),
    layerType: plain,
    diffId: sha256(Buffer.alloc(300_000, "plain tar")),
  });
  const registry = await serve(t, image, (request, response) => {
    if (request.url !== image.layerPath) return false;
    const packed = gzipSync(image.layer);
    response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length }).end(packed);
    return true;
  });
  const { failure } = pullSetting(t);
  const error = await failure(`${registry.address}/app`);
  assert.equal(error.code, "sizeMismatch");
  assert.match(error.hint ?? "", /compresses/);
});

test("an error body is bounded and fit for a terminal", async (t) => {
  const image = makeImage();
  const registry = await serve(t, image, (request, response) => {
    if (phaseOf(image, request) !== "layer") return false;
    const message = `\u001b[2Jevil\u0007\r\n\u202e${"x".repeat(5000)}`;
    response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify({ errors: [{ message }] }));
    return true;
  });
  const { failure } = pullSetting(t);
  const error = await failure(`${registry.address}/app`);
  assert.match(error.message, /evil/);
  assert.doesNotMatch(error.message, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  assert.ok(error.message.length < 600);
});

test("to stop reading events interrupts the pull, and a signal does", async (t) => {
  const image = makeImage();
  const registry = await serve(
    t,
    image,
    failing(image, "layer", 99, () => {}),
  );
  const { failure, layers, store, pull } = pullSetting(t);
  const controller = new AbortController();
  const patient = {
    registry: { ...quick, timeouts: { headersMs: 60_000, stallMs: 60_000 } },
    signal: controller.signal,
  };
  const running = failure(`${registry.address}/app`, patient);
  while (registry.count("GET", image.layerPath) === 0) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  assert.equal((await running).code, "interrupted");
  assert.deepEqual([layers.open, store.list().length], [0, 0]);
  assert.equal((await failure(`${registry.address}/app`, patient)).code, "interrupted");
  assert.equal(typeof pull, "function");
});
