import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer, type LookupFunction } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { ErrorCode } from "../../../src/base/index.ts";
import type { ImageStore } from "../../../src/image/index.ts";
import {
  makeImage,
  type SeenRequest,
  type ServedImage,
  sha256,
  startFaultRegistry,
} from "../../support/faultRegistry.ts";
import { pullSetting, quick } from "./pullSetting.ts";

/*
 * Every way in which a registry can misbehave, in each phase of a pull: while a token is fetched, at the manifest, and
 * at a layer. For each: is it tried again or not, does the pull end with the right error, is nothing wrong visible
 * afterwards, and does the next pull succeed once the registry is well again.
 */

const phases = ["token", "manifest", "layer"] as const;
type Phase = (typeof phases)[number];

/** What becomes of a pull when the registry never stops to misbehave: it tries `attempts` times, or once, or it copes. */
type Outcome = { readonly again: ErrorCode } | { readonly once: ErrorCode } | "copes";

const again = (code: ErrorCode): Outcome => ({ again: code });
const single = (code: ErrorCode): Outcome => ({ once: code });

type Misbehave = (response: ServerResponse, bytes: Buffer, request: SeenRequest) => void;

interface Behaviour {
  readonly what: string;
  readonly misbehave: Misbehave;
  /** In the order of the phases. */
  readonly outcomes: readonly [token: Outcome, manifest: Outcome, layer: Outcome];
}

const attempts = 3;
const patient = { ...quick, retries: { ...quick.retries, attempts } };
const impatient = { ...patient, timeouts: { headersMs: 300, stallMs: 300 } };
/** Only of a registry that is too slow for ever is a pull to despair soon. */
const registryFor = (misbehave: Misbehave) => (misbehave === stalled || misbehave === drip ? impatient : patient);
const everywhere = (outcome: Outcome) => [outcome, outcome, outcome] as const;

const status =
  (code: number, headers: Record<string, string> = {}): Misbehave =>
  (response) =>
    response.writeHead(code, headers).end("<html>no</html>");

/** The right bytes under the right type, and then what `end` does with the connection. */
const body =
  (change: (bytes: Buffer) => Buffer, headers: (bytes: Buffer) => Record<string, string | number> = () => ({})) =>
  (response: ServerResponse, bytes: Buffer): void => {
    response.writeHead(200, { "content-type": manifestType, ...headers(bytes) }).end(change(bytes));
  };

const half =
  (then: (response: ServerResponse) => void): Misbehave =>
  (response, bytes) => {
    response.writeHead(200, { "content-type": manifestType, "content-length": bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1), () => then(response));
  };

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const length = (bytes: Buffer) => ({ "content-length": bytes.length });

function corrupt(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1] = ~(copy[copy.length >> 1] ?? 0) & 0xff;
  return copy;
}

const stalled = half(() => {});

/** A byte now and then, so that the connection is never silent for long. */
const drip: Misbehave = (response, bytes) => {
  response.writeHead(200, { "content-type": manifestType, "content-length": bytes.length });
  let at = 0;
  const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), 20);
  response.on("close", () => clearInterval(timer));
};

/** Once the first half, then to whoever asks for the rest `answer`, and everything to whoever asks for everything. */
const onRange =
  (answer: Misbehave): Misbehave =>
  (response, bytes, request) => {
    const isCut = cut.has(request.headers.host ?? "");
    if (request.headers.range !== undefined || request.url !== `/v2/app/blobs/${sha256(bytes)}`) {
      answer(response, bytes, request);
    } else if (isCut) response.writeHead(200, length(bytes)).end(bytes);
    else half(({ socket }) => socket?.end())(response, bytes, request);
    cut.add(request.headers.host ?? "");
  };

/** Registries, each of which has a port of its own, that cut a layer. */
const cut = new Set<string>();

const lastBytes = (bytes: Buffer) => `bytes ${bytes.length - 5}-${bytes.length - 1}/${bytes.length}`;

const behaviours: readonly Behaviour[] = [
  { what: "500", misbehave: status(500), outcomes: everywhere(again("registryProtocol")) },
  { what: "502", misbehave: status(502), outcomes: everywhere(again("registryProtocol")) },
  {
    what: "503 with Retry-After",
    misbehave: status(503, { "retry-after": "0" }),
    outcomes: everywhere(again("registryProtocol")),
  },
  {
    what: "429 with a Retry-After of a year",
    misbehave: status(429, { "retry-after": "31536000" }),
    outcomes: everywhere(again("registryRateLimited")),
  },
  { what: "429", misbehave: status(429), outcomes: everywhere(again("registryRateLimited")) },
  {
    what: "401 for ever",
    misbehave: (response, _bytes, { headers }) => response.writeHead(401, challenge(headers.host)).end(),
    outcomes: [single("registryUnauthorized"), single("registryUnauthorized"), single("registryUnauthorized")],
  },
  { what: "404", misbehave: status(404), outcomes: everywhere(single("registryNotFound")) },
  { what: "403", misbehave: status(403), outcomes: everywhere(single("registryDenied")) },
  {
    what: "a reset in the middle of the body",
    misbehave: half(({ socket }) => socket?.resetAndDestroy()),
    outcomes: everywhere(again("registryUnreachable")),
  },
  {
    what: "an early end",
    misbehave: half(({ socket }) => socket?.end()),
    outcomes: everywhere(again("registryUnreachable")),
  },
  { what: "a stall for ever", misbehave: stalled, outcomes: everywhere(again("registryUnreachable")) },
  { what: "a byte now and then", misbehave: drip, outcomes: everywhere(again("registryUnreachable")) },
  {
    what: "a Content-Length that is too small",
    misbehave: body(
      (bytes) => bytes.subarray(0, -5),
      (bytes) => ({ "content-length": bytes.length - 5 }),
    ),
    outcomes: [single("registryProtocol"), single("digestMismatch"), single("sizeMismatch")],
  },
  {
    what: "more bytes than there are",
    misbehave: body((bytes) => Buffer.concat([bytes, Buffer.from("}")])),
    outcomes: [single("registryProtocol"), single("digestMismatch"), single("sizeMismatch")],
  },
  {
    what: "other bytes",
    misbehave: body(corrupt, length),
    outcomes: [single("registryProtocol"), single("digestMismatch"), single("digestMismatch")],
  },
  {
    what: "the whole where a part was asked for",
    misbehave: onRange(body((bytes) => bytes, length)),
    outcomes: everywhere("copes"),
  },
  {
    what: "another part than was asked for",
    misbehave: onRange((response, bytes) =>
      response
        .writeHead(206, { "content-type": manifestType, "content-range": lastBytes(bytes) })
        .end(bytes.subarray(-5)),
    ),
    outcomes: [single("registryProtocol"), single("digestMismatch"), "copes"],
  },
  {
    what: "416",
    misbehave: onRange(status(416)),
    outcomes: [single("registryProtocol"), single("registryProtocol"), "copes"],
  },
  {
    what: "a transport that compresses unasked",
    misbehave: body(gzipSync, () => ({ "content-encoding": "gzip" })),
    outcomes: [single("registryProtocol"), single("digestMismatch"), single("sizeMismatch")],
  },
  {
    what: "redirects in a circle",
    misbehave: (response, _bytes, { url }) => response.writeHead(307, { location: url }).end(),
    outcomes: everywhere(single("registryProtocol")),
  },
  {
    what: "chunks that are none",
    misbehave: ({ socket }) =>
      socket?.end("HTTP/1.1 200 OK\r\ncontent-type: x\r\ntransfer-encoding: chunked\r\n\r\nzzz\r\nabc\r\n"),
    // Not to be told from a body that was cut.
    outcomes: everywhere(again("registryUnreachable")),
  },
];

const challenge = (host: string | undefined, realm = `http://${host}/token`) => ({
  "www-authenticate": `Bearer realm="${realm}",service="tests",scope="repository:app:pull"`,
});

const token = Buffer.from(JSON.stringify({ token: "the-one-and-only-token", expires_in: 300 }));

interface Setting {
  readonly phase: Phase;
  /** How many requests of the phase go wrong. */
  readonly times: number;
  readonly misbehave: Misbehave;
  /** Where tokens are, when it is not the registry itself. */
  readonly realm?: () => string | undefined;
}

interface Farm {
  readonly registry: typeof patient | typeof impatient;
  readonly image: ServedImage;
  readonly name: string;
  /** Requests of the phase that were authorized, wrong answers and right ones. */
  asked(): number;
  /** From now on everything is right. */
  heal(): void;
}

/** A registry that wants tokens and misbehaves in one phase. */
async function farm(t: TestContext, { phase, times, misbehave, realm }: Setting): Promise<Farm> {
  const image = makeImage();
  let [left, asked] = [times, 0];
  const phaseOf = ({ method, url }: SeenRequest): Phase | undefined => {
    if (url.startsWith("/token")) return "token";
    if (method !== "GET") return undefined;
    return url.includes("/manifests/") ? "manifest" : url === image.layerPath ? "layer" : undefined;
  };
  const registry = await startFaultRegistry(image, (request, response) => {
    const isToken = phaseOf(request) === "token";
    if (!isToken && request.headers.authorization !== "Bearer the-one-and-only-token") {
      response.writeHead(401, challenge(request.headers.host, left > 0 ? realm?.() : undefined)).end();
      return true;
    }
    const bytes = isToken ? token : image.documents.get(request.url)?.bytes;
    if (bytes === undefined) return false;
    if (phaseOf(request) === phase) asked += 1;
    if (phaseOf(request) === phase && left > 0) {
      left -= 1;
      misbehave(response, bytes, { ...request, url: isToken ? "/token" : request.url });
      return true;
    }
    if (isToken) response.end(token);
    return isToken;
  });
  t.after(() => registry.stop());
  return {
    registry: registryFor(misbehave),
    image,
    name: `${registry.address}/app`,
    asked: () => asked,
    heal: () => (left = 0),
  };
}

/** Whatever has the name of a digest is what the name says. */
function checkBlobs({ directory }: ImageStore): void {
  const blobs = join(directory, "blobs/sha256");
  for (const name of existsSync(blobs) ? readdirSync(blobs) : []) {
    const hash = createHash("sha256").update(readFileSync(join(blobs, name)));
    assert.equal(hash.digest("hex"), name);
  }
}

const leftovers = ({ directory }: ImageStore): readonly string[] => {
  const partials = join(directory, "partial");
  return existsSync(partials) ? readdirSync(partials) : [];
};

/** The pull fails with `code`, leaves nothing to see, and succeeds once the registry is well. */
async function failsAndHeals(
  t: TestContext,
  { registry, image, name, heal }: Farm,
  { code, options = {} }: { readonly code: ErrorCode; readonly options?: object },
): Promise<void> {
  const { pull, failure, layers, store } = pullSetting(t);
  const error = await failure(name, { registry: { ...registry, ...options } });
  assert.equal(error.code, code, error.message);
  assert.deepEqual([layers.committed.size, layers.open, store.list().length], [0, 0, 0]);
  checkBlobs(store);
  heal();
  await pull(name, { registry: { ...registry, ...options } });
  assert.deepEqual([...layers.committed.keys()], [image.diffId]);
  assert.equal(store.list().length, 1);
  checkBlobs(store);
  assert.deepEqual(leftovers(store), []);
}

async function succeeds(t: TestContext, { registry, image, name }: Farm): Promise<void> {
  const { pull, layers, store } = pullSetting(t);
  await pull(name, { registry });
  assert.deepEqual([...layers.committed.keys()], [image.diffId]);
  checkBlobs(store);
  assert.deepEqual(leftovers(store), []);
}

for (const { what, misbehave, outcomes } of behaviours) {
  for (const [index, phase] of phases.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error("each phase has an outcome");
    if (outcome === "copes") {
      test(`${what} at the ${phase}: the pull copes`, async (t) => {
        await succeeds(t, await farm(t, { phase, times: Number.POSITIVE_INFINITY, misbehave }));
      });
    } else if ("again" in outcome) {
      test(`${what} at the ${phase}: tried again, ${attempts} times, then ${outcome.again}`, async (t) => {
        const passing = await farm(t, { phase, times: attempts - 1, misbehave });
        await succeeds(t, passing);
        assert.ok(passing.asked() >= attempts);
        const lasting = await farm(t, { phase, times: attempts, misbehave });
        await failsAndHeals(t, lasting, { code: outcome.again });
        assert.ok(lasting.asked() > attempts);
      });
    } else {
      test(`${what} at the ${phase}: ${outcome.once}, and not tried again`, async (t) => {
        const circle = what === "redirects in a circle" ? 6 : 1;
        const lasting = await farm(t, { phase, times: Number.POSITIVE_INFINITY, misbehave });
        const asked: number[] = [];
        const heal = (): void => {
          asked.push(lasting.asked());
          lasting.heal();
        };
        await failsAndHeals(t, { ...lasting, heal }, { code: outcome.once });
        // A token that was refused is renewed once.
        const renewed = outcome.once === "registryUnauthorized" ? 2 : 1;
        assert.ok((asked[0] ?? 0) <= circle * renewed, `${asked[0]} requests`);
      });
    }
  }
}

for (const [index, phase] of phases.entries()) {
  test(`a token that expires at the ${phase} is renewed`, async (t) => {
    let refused = false;
    const misbehave: Misbehave = (response, bytes, { headers }) => {
      if (phase === "token") response.end(JSON.stringify({ token: "expired-before-it-was-given" }));
      else response.writeHead(401, challenge(headers.host)).end();
      refused = bytes.length > 0;
    };
    const expiring = await farm(t, { phase, times: 1, misbehave });
    if (index === 0) await failsAndHeals(t, expiring, { code: "registryUnauthorized" });
    else await succeeds(t, expiring);
    assert.ok(refused);
  });
}

const nobodyIsThere: LookupFunction = (_hostname, _options, callback) =>
  callback(Object.assign(new Error("none"), { code: "ENOTFOUND" }), "");

/** Addresses to send a client to: the code that it ends with, and where it is. */
const elsewhere: readonly (readonly [what: string, code: ErrorCode, start: (t: TestContext) => Promise<string>])[] = [
  ["a connection that is refused", "registryUnreachable", async () => `http://127.0.0.1:${await closedPort()}/`],
  ["a host that does not exist", "registryUnreachable", async () => "https://nowhere.test/"],
  ["a server that does not speak TLS", "insecureRegistry", (t) => plainServer(t)],
];

for (const [what, code, start] of elsewhere) {
  for (const phase of phases) {
    test(`${what} at the ${phase}: ${code}, and not tried again`, async (t) => {
      const address = await start(t);
      const sent = await farm(t, {
        phase,
        times: phase === "token" ? 1 : Number.POSITIVE_INFINITY,
        misbehave: (response) => response.writeHead(307, { location: address }).end(),
        realm: () => (phase === "token" ? `${address}token` : undefined),
      });
      await failsAndHeals(t, sent, { code, options: { lookup: nobodyIsThere } });
    });
  }
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a listening socket has a port");
  return address.port;
}

/** Hangs up on whoever says anything; what it is told must be a TLS handshake. */
async function plainServer(t: TestContext): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (chunk) => {
      assert.equal(chunk[0], 22);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening socket has a port");
  return `https://127.0.0.1:${address.port}/`;
}
