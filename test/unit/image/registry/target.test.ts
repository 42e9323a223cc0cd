import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import type { RegistryEndpoint } from "../../../../src/image/registry/endpoint.ts";
import { followRedirect, tokenServer } from "../../../../src/image/registry/target.ts";

const remote: RegistryEndpoint = {
  registry: "registry.example",
  origin: "https://registry.example",
  isLoopback: false,
  isInsecure: false,
};
const insecure: RegistryEndpoint = { ...remote, origin: "http://registry.example", isInsecure: true };
const local: RegistryEndpoint = {
  registry: "localhost:5000",
  origin: "http://localhost:5000",
  isLoopback: true,
  isInsecure: true,
};
const from = new URL("https://registry.example/v2/a/blobs/x");

const refused: readonly (string | null)[] = [
  null,
  "",
  "http://registry.example/x",
  "http://cdn.example/x",
  "file:///etc/passwd",
  "ftp://cdn.example/",
  "javascript:0",
  "data:,x",
  "gopher://cdn.example",
  "https://user@cdn.example/",
  "https://user:pw@cdn.example/",
  "https://:pw@cdn.example/",
  "https://127.0.0.1/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://0/",
  "https://[::1]/",
  "https://[::]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:a9fe:a9fe]/",
  "https://[fe80::1]/",
  "https://169.254.169.254/latest/meta-data",
  "https://localhost/",
  "https://LOCALHOST/",
  "https://a.localhost/",
  "//127.0.0.1/",
  "//localhost:22/x",
  "https://[zz]/",
  `https://cdn.example/${"a".repeat(9000)}`,
];

test("followRedirect() refuses what leads a client astray", () => {
  for (const location of refused) {
    // An empty Location is relative and names the same URL: a loop, which the transport ends.
    if (location === "") continue;
    assert.throws(
      () => followRedirect(from, location, remote),
      (error) => error instanceof EngineError && error.code === "registryProtocol",
      String(location).slice(0, 80),
    );
  }
});

test("followRedirect() goes to other HTTPS hosts and relative addresses", () => {
  assert.equal(followRedirect(from, "https://cdn.example:8443/x?y", remote).href, "https://cdn.example:8443/x?y");
  assert.equal(followRedirect(from, "//cdn.example/x", remote).href, "https://cdn.example/x");
  assert.equal(followRedirect(from, "../y", remote).href, "https://registry.example/v2/a/y");
  assert.equal(
    followRedirect(new URL("http://localhost:5000/v2/"), "http://127.0.0.1:6000/x", local).href,
    "http://127.0.0.1:6000/x",
  );
});

test("tokenServer() wants HTTPS, except on loopback and on the insecure host itself", () => {
  assert.equal(tokenServer("https://auth.example/token", remote).href, "https://auth.example/token");
  assert.equal(tokenServer("http://127.0.0.1:1/token", local).port, "1");
  assert.equal(tokenServer("http://registry.example:81/token", insecure).port, "81");
  const astray: readonly (readonly [string, RegistryEndpoint])[] = [
    ["http://auth.example/token", remote],
    ["http://registry.example/token", remote],
    ["http://auth.example/token", insecure],
    ["http://auth.example/token", local],
    ["https://127.0.0.1/token", remote],
    ["https://169.254.169.254/token", insecure],
    ["https://user:pw@auth.example/", remote],
    ["file:///token", local],
    ["token", local],
    ["", remote],
  ];
  for (const [realm, endpoint] of astray) assert.throws(() => tokenServer(realm, endpoint), EngineError, realm);
});
