import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { serveRegistry } from "../../../../src/image/serve/serveRegistry.ts";
import { temporaryStore } from "../storeFixture.ts";
import { asker, pushing } from "./serving.ts";

/** bcrypt of "brig-secret", in the two ways in which htpasswd has marked it. */
const hash = "05$abcdefghijklmnopqrstuu38hvFdXtAB3HW41P3o9jII79oYbqOjm";

test("with a password file only its users are served, and a user who is taken out of it is out", async (t) => {
  const store = temporaryStore(t);
  const passwords = join(store.directory, "..", "passwords");
  writeFileSync(passwords, `# users\nold:$2b$${hash}\nnew:$2y$${hash}\n`);
  const server = await serveRegistry(store, { host: "127.0.0.1", port: 0, passwords, ...pushing });
  t.after(() => server.close());
  const ask = asker(server);
  const as = async (credential: string | undefined, path = "/v2/") => {
    const headers =
      credential === undefined ? {} : { Authorization: `Basic ${Buffer.from(credential).toString("base64")}` };
    return ask(path, { headers });
  };
  for (const user of ["old", "new", "old"]) assert.equal((await as(`${user}:brig-secret`)).status, 200);
  for (const wrong of [undefined, "old:wrong", "nobody:brig-secret", "old", "old:brig-secret\0x", ":"]) {
    const reply = await as(wrong);
    assert.deepEqual([reply.status, reply.headers["www-authenticate"]], [401, 'Basic realm="brig"'], wrong);
  }
  assert.equal((await as(undefined, "/v2/app/manifests/1")).status, 401);
  assert.equal((await ask("/v2/app/blobs/uploads/", { method: "POST" })).status, 401);
  assert.equal((await ask("/v2/", { headers: { Authorization: "Bearer x" } })).status, 401);
  writeFileSync(passwords, `new:$2y$${hash}\n`);
  assert.equal((await as("old:brig-secret")).status, 401);
});

test("a password file that is not there or not bcrypt is refused at once", async (t) => {
  const store = temporaryStore(t);
  const passwords = join(store.directory, "..", "passwords");
  const serve = () => serveRegistry(store, { host: "127.0.0.1", port: 0, passwords });
  await assert.rejects(serve(), { code: "fileSystem" });
  for (const line of ["user:plain", "user:{SHA}abc", `:$2y$${hash}`]) {
    writeFileSync(passwords, `good:$2y$${hash}\n${line}\n`);
    await assert.rejects(serve(), { code: "invalidConfig", message: /line 2/ }, line);
  }
});

test("an address that others reach takes pushes only with passwords", async (t) => {
  const store = temporaryStore(t);
  const request = { host: "0.0.0.0", port: 0, anyAddress: true };
  await assert.rejects(serveRegistry(store, { ...request, ...pushing }), { code: "insecureRegistry" });
});

test("with a certificate it speaks TLS and nothing else, and a key that does not fit is refused", async (t) => {
  const store = temporaryStore(t);
  const [certificate, key] = [join(store.directory, "..", "c.pem"), join(store.directory, "..", "k.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
  const server = await serveRegistry(store, { host: "127.0.0.1", port: 0, tls: { certificate, key } });
  t.after(() => server.close());
  assert.match(server.url, /^https:/);
  const options = { host: server.host, port: server.port, path: "/v2/", agent: false, rejectUnauthorized: false };
  const [response] = await once(get(options), "response");
  assert.equal(response.statusCode, 200);
  await assert.rejects(asker(server)("/v2/"));
  const bad = { certificate, key: certificate };
  await assert.rejects(serveRegistry(store, { host: "127.0.0.1", port: 0, tls: bad }), { code: "invalidValue" });
});
