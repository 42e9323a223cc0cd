import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { parseImageRef, searchedNames } from "../../../../src/image/index.ts";
import { findTrustRule, type TrustRule } from "../../../../src/image/trust/policy.ts";
import { isSignedBy, readPublicKey } from "../../../../src/image/trust/publicKey.ts";
import { testDirectory } from "../../../support/projectPaths.ts";

test("findTrustRule() takes the longest prefix of whole parts", () => {
  const rules = new Map<string, TrustRule>([
    ["docker.io", { kind: "reject" }],
    ["docker.io/library", { kind: "allow" }],
    ["docker.io/library/alpine", { kind: "require", keys: ["/k"] }],
  ]);
  const scope = (name: string) => findTrustRule({ fallback: { kind: "reject" }, rules }, parseImageRef(name)).scope;
  assert.equal(scope("alpine:3"), "docker.io/library/alpine");
  assert.equal(scope("alpine-git"), "docker.io/library");
  assert.equal(scope("library2/alpine"), "docker.io");
  assert.equal(scope("docker.io.example.com/library/alpine"), "default");
});

test("searchedNames() completes names without a registry only", () => {
  const search = ["docker.io", "registry.example.com/team"];
  assert.deepEqual(searchedNames("alpine:3", search), ["docker.io/alpine:3", "registry.example.com/team/alpine:3"]);
  assert.deepEqual(searchedNames("user/tool", search), ["docker.io/user/tool", "registry.example.com/team/user/tool"]);
  assert.deepEqual(searchedNames("localhost/alpine", search), []);
  assert.deepEqual(searchedNames("quay.io/a/b@sha256:0", search), []);
});

function writtenKey(t: TestContext, content: string | KeyObject): string {
  const directory = mkdtempSync(join(testDirectory(), "key-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "key.pub");
  writeFileSync(path, typeof content === "string" ? content : content.export({ type: "spki", format: "pem" }));
  return path;
}

const pairs = {
  "ECDSA P-256": generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  Ed25519: generateKeyPairSync("ed25519"),
  "RSA 2048": generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

for (const [name, { publicKey, privateKey }] of Object.entries(pairs)) {
  test(`isSignedBy() verifies ${name} and nothing that was changed`, (t) => {
    const key = readPublicKey(writtenKey(t, publicKey));
    const payload = Buffer.from("statement");
    const signature = sign(privateKey.asymmetricKeyType === "ed25519" ? null : "sha256", payload, privateKey);
    assert.equal(isSignedBy(key, payload, signature), true);
    assert.equal(isSignedBy(key, Buffer.from("Statement"), signature), false);
    assert.equal(isSignedBy(key, payload, signature.subarray(1)), false);
    assert.equal(isSignedBy(key, payload, Buffer.alloc(0)), false);
  });
}

const unusable: readonly (readonly [string, string | KeyObject, string])[] = [
  ["a private key", pairs.Ed25519.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "invalidValue"],
  ["no key at all", "hello\n", "invalidValue"],
  ["a damaged key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "invalidValue"],
  ["an RSA key of 1024 bits", generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey, "notOffered"],
  ["a key on another curve", generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey, "notOffered"],
  ["a file that is too large", "x".repeat(70_000), "limitExceeded"],
];

for (const [name, content, code] of unusable) {
  test(`readPublicKey() refuses ${name}`, (t) => {
    const path = writtenKey(t, content);
    assert.throws(
      () => readPublicKey(path),
      (error) => error instanceof EngineError && error.code === code,
    );
  });
}
