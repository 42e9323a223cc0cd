import assert from "node:assert/strict";
import { createPrivateKey, sign, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import type { Credential } from "../../../src/image/index.ts";
import { selfSigned } from "../../support/certificate.ts";
import { makeImage, startFaultRegistry } from "../../support/faultRegistry.ts";
import { busyboxLayout } from "../../support/fixtures.ts";
import { runTool } from "../../support/programs.ts";
import { testDirectory } from "../../support/projectPaths.ts";
import { type RunningRegistry, startRegistry } from "../../support/registry.ts";
import { outcomes, pushSetting } from "../push/pushSetting.ts";
import { pullSetting, quick } from "./pullSetting.ts";

const basic = `Basic ${Buffer.from("user:pass").toString("base64")}`;
const identity = "an-identity-token";

let directory: string;
let tokens: Server;
let registry: RunningRegistry;
let asked: { method: string; url: string; body: string }[] = [];

before(async () => {
  directory = mkdtempSync(join(testDirectory(), "tokens-"));
  const { key, certificate } = await selfSigned(directory, "token-tests");
  tokens = createServer(
    (request, response) =>
      void answerToken(request, { key, certificate }).then(({ status, body }) => response.writeHead(status).end(body)),
  );
  tokens.listen(0, "127.0.0.1");
  await once(tokens, "listening");
  const address = tokens.address();
  if (address === null || typeof address === "string") throw new Error("a listening socket has a port");
  const realm = `http://127.0.0.1:${address.port}/token`;
  registry = await startRegistry({ auth: { realm, service: "tests", issuer: "tests", certificate } });
  const layout = await busyboxLayout();
  const push = ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false", "--dest-creds", "user:pass"];
  await runTool("skopeo", [...push, `oci:${layout}:latest`, `docker://${registry.address}/team/app:latest`]);
});

after(async () => {
  await registry?.stop();
  tokens.closeAllConnections();
  tokens.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Gives pull to everybody who is known, and push to whoever asks for it with the password. */
async function answerToken(request: IncomingMessage, files: { key: string; certificate: string }): Promise<Answer> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  asked.push({ method: request.method ?? "", url: request.url ?? "", body });
  const query =
    request.method === "POST" ? new URLSearchParams(body) : new URL(request.url ?? "", "http://x").searchParams;
  const isKnown = request.headers.authorization === basic || query.get("refresh_token") === identity;
  if (!isKnown) return { status: 401, body: JSON.stringify({ details: "who are you?" }) };
  const token = makeToken(query.getAll("scope"), files);
  return { status: 200, body: JSON.stringify(request.method === "POST" ? { access_token: token } : { token }) };
}

function makeToken(scopes: readonly string[], { key, certificate }: { key: string; certificate: string }): string {
  const access = scopes.map((scope) => {
    const [type, name, actions = ""] = scope.split(":");
    return { type, name, actions: actions.split(",") };
  });
  const now = Math.floor(Date.now() / 1000);
  const x5c = [new X509Certificate(readFileSync(certificate)).raw.toString("base64")];
  const parts = [
    { typ: "JWT", alg: "RS256", x5c },
    { iss: "tests", aud: "tests", sub: "user", iat: now, nbf: now - 60, exp: now + 300, jti: "1", access },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const signature = sign("sha256", Buffer.from(parts.join(".")), createPrivateKey(readFileSync(key)));
  return [...parts, signature.toString("base64url")].join(".");
}

const as = (credential: Credential | undefined) => ({
  registry: { ...quick, credentials: { find: async () => credential } },
});
const password: Credential = { kind: "password", user: "user", password: "pass" };

test("a token is fetched once for all requests of a pull, for this repository alone", async (t) => {
  const { pull, layers } = pullSetting(t);
  asked = [];
  await pull(`${registry.address}/team/app`, as(password));
  assert.equal(layers.committed.size, 1);
  assert.equal(asked.length, 1);
  const query = new URL(asked[0]?.url ?? "", "http://x").searchParams;
  assert.deepEqual([query.get("service"), query.get("scope")], ["tests", "repository:team/app:pull"]);
});

test("an identity token is exchanged by POST", async (t) => {
  const { pull } = pullSetting(t);
  asked = [];
  await pull(`${registry.address}/team/app`, as({ kind: "identityToken", token: identity }));
  assert.deepEqual(
    asked.map(({ method }) => method),
    ["POST"],
  );
  assert.ok(!asked[0]?.url.includes(identity));
});

test("without credentials, and with wrong ones, the pull is denied", async (t) => {
  const { failure } = pullSetting(t);
  for (const credential of [undefined, { kind: "password", user: "user", password: "wrong-secret" } as const]) {
    const error = await failure(`${registry.address}/team/app`, as(credential));
    assert.equal(error.code, "registryUnauthorized");
    assert.ok(!`${error.message}${error.stack}${error.hint}${JSON.stringify(error.details)}`.includes("wrong-secret"));
  }
});

/** A registry that wants tokens called `token-N`, each good for `uses` requests, from a server that counts. */
async function expiring(t: TestContext, uses: number) {
  const image = makeImage();
  let issued = 0;
  let left = 0;
  const registry = await startFaultRegistry(image, (request, response) => {
    if (request.url.startsWith("/token")) {
      issued += 1;
      left = uses;
      response.end(JSON.stringify({ token: `token-${issued}` }));
      return true;
    }
    if (request.headers.authorization === `Bearer token-${issued}` && left > 0) {
      left -= 1;
      return false;
    }
    const challenge = `Bearer realm="http://${request.headers.host}/token",service="s",scope="repository:app:pull"`;
    response.writeHead(401, { "www-authenticate": challenge }).end();
    return true;
  });
  t.after(() => registry.stop());
  return { registry, issued: () => issued };
}

test("a token that expires in the middle of a pull is fetched anew", async (t) => {
  const { registry, issued } = await expiring(t, 1);
  const { pull, layers } = pullSetting(t);
  await pull(`${registry.address}/app`);
  assert.equal(layers.committed.size, 1);
  assert.ok(issued() > 1);
});

test("a token that is never accepted ends the pull", async (t) => {
  const { registry } = await expiring(t, 0);
  const { failure } = pullSetting(t);
  assert.equal((await failure(`${registry.address}/app`)).code, "registryUnauthorized");
  assert.ok(registry.seen.length <= 4);
});

for (const [what, body] of [
  ["no token", "{}"],
  ["a token with a line break", JSON.stringify({ token: "a\r\nx-evil: 1" })],
  ["an endless token", JSON.stringify({ token: "a".repeat(100_000) })],
  ["no JSON", "token"],
  ["null", "null"],
] as const) {
  test(`a token server that answers with ${what} ends the pull`, async (t) => {
    const registry = await startFaultRegistry(makeImage(), (request, response) => {
      if (request.url.startsWith("/token")) response.end(body);
      else response.writeHead(401, { "www-authenticate": `Bearer realm="http://${request.headers.host}/token"` }).end();
      return true;
    });
    t.after(() => registry.stop());
    const { failure } = pullSetting(t);
    assert.equal((await failure(`${registry.address}/app`)).code, "registryProtocol");
  });
}

test("a push asks for a token that lets it push, and for one more to mount from another repository", async (t) => {
  const source = await startFaultRegistry(makeImage());
  t.after(() => source.stop());
  const { hold, push, failure } = pushSetting(t);
  const [first, second] = [`${registry.address}/team/first:1`, `${registry.address}/team/second:1`];
  await hold(`${source.address}/app:latest`, first);
  assert.equal((await failure(first)).code, "registryUnauthorized");
  asked = [];
  await push(first, as(password));
  const scopes = () => asked.map(({ url }) => new URL(url, "http://x").searchParams.getAll("scope"));
  assert.deepEqual([...new Set(scopes().flat())], ["repository:team/first:pull,push"]);
  await hold(`${source.address}/app:latest`, second);
  assert.deepEqual(outcomes(await push(second, as(password))), ["mounted", "mounted"]);
  assert.ok(scopes().some((all) => all.join(" ") === "repository:team/second:pull,push repository:team/first:pull"));
});
