// @regression V54 CVE-2014-5277
// @wrong A failure of TLS was answered by asking in plain text.
// @defence There is no way back to plain HTTP but a registry's setting.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, isIP, type LookupFunction } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { selfSigned } from "../../support/certificate.ts";
import { makeImage, startFaultRegistry } from "../../support/faultRegistry.ts";
import { testDirectory } from "../../support/projectPaths.ts";
import { startRegistry } from "../../support/registry.ts";
import { pullSetting, quick } from "./pullSetting.ts";

/** Every name is this machine: a remote registry without a network. */
const everythingIsHere: LookupFunction = (hostname, options, callback) => {
  if (isIP(hostname) !== 0) throw new Error("an address needs no resolver");
  if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

test("a remote registry is never spoken to in plain HTTP, not even when TLS fails", async (t) => {
  const bytes: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (chunk) => {
      bytes.push(chunk);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  const { failure } = pullSetting(t);
  const error = await failure(`registry.test:${address.port}/app`, {
    registry: { ...quick, lookup: everythingIsHere },
  });
  assert.equal(error.code, "insecureRegistry", error.message);
  // 22 is the type of a TLS handshake record (RFC 8446, section 5.1).
  assert.deepEqual(
    bytes.map((chunk) => chunk[0]),
    [22],
  );
});

test("a certificate that nobody vouches for is refused, unless the registry is configured as insecure", async (t) => {
  const directory = mkdtempSync(join(testDirectory(), "tls-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const { key, certificate } = await selfSigned(directory, "registry.test");
  const registry = await startRegistry({ tls: { key, certificate } });
  t.after(() => registry.stop());
  const { failure } = pullSetting(t);
  const name = `registry.test:${registry.port}`;
  const strict = await failure(`${name}/app`, { registry: { ...quick, lookup: everythingIsHere } });
  assert.equal(strict.code, "insecureRegistry");
  assert.match(strict.message, /certificate/);
  const lenient = await failure(`${name}/app`, {
    registry: { ...quick, lookup: everythingIsHere, insecureRegistries: [name] },
  });
  assert.equal(lenient.code, "registryNotFound");
  // A loopback registry that speaks TLS is not asked in plain HTTP.
  assert.equal((await failure(`${registry.address}/app`)).code, "registryNotFound");
});

test("where a loopback registry sends its clients beyond loopback, certificates count", async (t) => {
  const directory = mkdtempSync(join(testDirectory(), "tls-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const elsewhere = await startRegistry({ tls: await selfSigned(directory, "cdn.test") });
  t.after(() => elsewhere.stop());
  const image = makeImage();
  for (const [host, code] of [
    ["cdn.test", "insecureRegistry"],
    ["127.0.0.1", "registryNotFound"],
  ] as const) {
    const registry = await startFaultRegistry(image, (request, response) => {
      if (request.url !== image.layerPath) return false;
      response.writeHead(307, { location: `https://${host}:${elsewhere.port}${image.layerPath}` }).end();
      return true;
    });
    t.after(() => registry.stop());
    const { failure } = pullSetting(t);
    const error = await failure(`${registry.address}/app`, { registry: { ...quick, lookup: everythingIsHere } });
    assert.equal(error.code, code, error.message);
  }
});

test("a remote registry cannot send its clients to this machine, by address or by name", async (t) => {
  const image = makeImage();
  const victim = await startFaultRegistry(image);
  t.after(() => victim.stop());
  const port = new URL(victim.url).port;
  for (const target of [
    `http://127.0.0.1:${port}/`,
    `http://localhost:${port}/`,
    `http://cdn.test:${port}/`,
    "http://169.254.169.254/",
  ]) {
    const registry = await startFaultRegistry(image, (request, response) => {
      if (request.url !== image.layerPath) return false;
      response.writeHead(307, { location: target }).end();
      return true;
    });
    t.after(() => registry.stop());
    const name = `registry.test:${new URL(registry.url).port}`;
    const { failure } = pullSetting(t);
    const error = await failure(`${name}/app`, {
      registry: { ...quick, lookup: everythingIsHere, insecureRegistries: [name] },
    });
    assert.equal(error.code, "registryProtocol", target);
  }
  assert.deepEqual(victim.seen, []);
});

test("a host that does not exist is named", async (t) => {
  const { failure } = pullSetting(t);
  const lookup: LookupFunction = (_hostname, _options, callback) =>
    callback(Object.assign(new Error("none"), { code: "ENOTFOUND" }), "");
  const error = await failure("registry.test/app", { registry: { ...quick, lookup } });
  assert.equal(error.code, "registryUnreachable");
  assert.match(error.message, /https:\/\/registry\.test.*no such host \(ENOTFOUND\)/);
});
