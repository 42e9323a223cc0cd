// @regression V37 CVE-2014-9358, CVE-2024-3727
// @wrong A digest or an id was used as a path or an address before anybody looked at it.
// @defence One parser: a digest that is not lower-case hexadecimal of the right length does not exist as a value.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import { isDigest, parseDigest } from "../../../src/oci/index.ts";

const hex = "0123456789abcdef".repeat(4);

test("parseDigest() takes sha256 and sha512 in lower case", () => {
  assert.equal(parseDigest(`sha256:${hex}`), `sha256:${hex}`);
  assert.equal(parseDigest(`sha512:${hex}${hex}`), `sha512:${hex}${hex}`);
});

const malformed: readonly string[] = [
  "",
  ":",
  "sha256",
  "sha256:",
  `sha256${hex}`,
  hex,
  `:${hex}`,
  `sha256:${hex.slice(1)}`,
  `sha256:${hex}0`,
  `sha256:${hex.toUpperCase()}`,
  `SHA256:${hex}`,
  `sha256: ${hex.slice(1)}`,
  ` sha256:${hex}`,
  `sha256:${hex} `,
  `sha256:${hex}\n`,
  `sha256:${hex}\0`,
  `sha256:\0${hex.slice(1)}`,
  `sha256:../../${hex.slice(6)}`,
  `sha256:${hex.slice(2)}/x`,
  `sha256:${hex.slice(3)}/..`,
  `sha256:g${hex.slice(1)}`,
  `sha256:${hex}:${hex}`,
  `sha512:${hex}`,
  `sha512:${hex}${hex}0`,
  `sha512:${hex}${hex.slice(1)}`,
  `sha384:${hex}${hex.slice(32)}`,
  `sha1:${hex.slice(24)}`,
  `md5:${hex.slice(32)}`,
  `blake3:${hex}`,
  `sha256+b64:${hex}`,
  `sha256::${hex.slice(1)}`,
  `sha256:${hex.slice(1)}é`,
  `sha256:０${hex.slice(1)}`,
  `__proto__:${hex}`,
  `constructor:${hex}`,
  `toString:${hex}`,
  `sha256:%2e%2e${hex.slice(6)}`,
  `sha256:0x${hex.slice(2)}`,
  `sha256-${hex}`,
  `sha256@${hex}`,
];

test("parseDigest() refuses malformed digests", () => {
  assert.ok(malformed.length >= 40);
  for (const text of malformed) {
    assert.equal(isDigest(text), false, JSON.stringify(text));
    assert.throws(() => parseDigest(text), EngineError);
  }
});

test("parseDigest() refuses a megabyte at once and does not quote it", () => {
  const before = performance.now();
  assert.throws(
    () => parseDigest(`sha256:${"a".repeat(1 << 20)}`),
    (error) => error instanceof EngineError && error.message.length < 200,
  );
  assert.ok(performance.now() - before < 2000);
});
