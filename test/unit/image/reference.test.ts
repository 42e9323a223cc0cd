import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import { familiarName, formatImageRef, parseImageRef, withDefaultTag } from "../../../src/image/reference.ts";

const hex = "0123456789abcdef".repeat(4);
const digest = `sha256:${hex}`;

const accepted: readonly (readonly [text: string, canonical: string, familiar: string])[] = [
  ["alpine", "docker.io/library/alpine", "alpine"],
  ["alpine:3.20", "docker.io/library/alpine:3.20", "alpine:3.20"],
  [`alpine@${digest}`, `docker.io/library/alpine@${digest}`, `alpine@${digest}`],
  [`alpine:3@${digest}`, `docker.io/library/alpine:3@${digest}`, `alpine:3@${digest}`],
  ["team/tool", "docker.io/team/tool", "team/tool"],
  ["docker.io/alpine", "docker.io/library/alpine", "alpine"],
  ["index.docker.io/team/tool:1", "docker.io/team/tool:1", "team/tool:1"],
  ["localhost/app", "localhost/app", "localhost/app"],
  ["localhost:5000/app:1", "localhost:5000/app:1", "localhost:5000/app:1"],
  ["127.0.0.1:5000/a/b/c", "127.0.0.1:5000/a/b/c", "127.0.0.1:5000/a/b/c"],
  ["[::1]:5000/app", "[::1]:5000/app", "[::1]:5000/app"],
  [
    "ghcr.io/owner/some_app.name__x-y--z:v1",
    "ghcr.io/owner/some_app.name__x-y--z:v1",
    "ghcr.io/owner/some_app.name__x-y--z:v1",
  ],
  ["Registry.Example.COM/app", "registry.example.com/app", "registry.example.com/app"],
  ["a:5/b", "a:5/b", "a:5/b"],
  ["app:_Tag.-X", "docker.io/library/app:_Tag.-X", "app:_Tag.-X"],
];

for (const [text, canonical, familiar] of accepted) {
  test(`parseImageRef() reads "${text.slice(0, 60)}"`, () => {
    const reference = parseImageRef(text);
    assert.equal(formatImageRef(reference), canonical);
    assert.equal(familiarName(reference), familiar);
    assert.deepEqual(parseImageRef(canonical), reference);
    assert.deepEqual(parseImageRef(familiar), reference);
  });
}

test("parseImageRef() keeps tag and digest apart", () => {
  const { tag, digest: parsed } = parseImageRef(`registry.example/app:1.0@${digest}`);
  assert.deepEqual([tag, parsed], ["1.0", digest]);
});

const refused: readonly string[] = [
  "",
  " ",
  "/",
  ":",
  "@",
  "a/",
  "/a",
  "a//b",
  "a:",
  "a@",
  ":tag",
  "-a",
  "a-",
  ".a",
  "a.",
  "a..b",
  "a___b",
  "a._b",
  "a b",
  "a\n",
  "a\0b",
  "é",
  "a:b:c",
  "a:tag/",
  "a:ta g",
  `a:${"t".repeat(129)}`,
  "a:-x",
  "a:.x",
  "host:port/app",
  "host:0/app",
  "host:65536/app",
  "host:123456/app",
  "ho_st.x/app",
  "-host.x/app",
  "host-.x/app",
  "host..x/app",
  "[::1/app",
  "[gg]:1/app",
  "http://host/app",
  "a@b",
  "user:pw@host/app",
  `a@sha256:${hex.slice(1)}`,
  `a@sha256:${hex}0`,
  `a@sha256:${hex.toUpperCase()}`,
  `a@sha257:${hex}`,
  `a@${hex}`,
  `a@${digest}@${digest}`,
  `a@sha256:../../${hex.slice(6)}`,
  `a@md5:${"0".repeat(32)}`,
  hex,
  "a".repeat(256),
  `${"a/".repeat(200)}a`,
  "../etc",
  "a/../b",
  "host.x/../b",
  "a/./b",
  "a%2fb",
  "a?b",
  "a#b",
  "a\\b",
  "host.x/A\u0000",
  "a\u202eb",
];

test("parseImageRef() refuses what is not a reference, with Docker's sentence", () => {
  for (const text of refused) {
    assert.throws(
      () => parseImageRef(text),
      (error) =>
        error instanceof EngineError &&
        error.code === "invalidReference" &&
        error.message.startsWith("invalid reference format"),
      JSON.stringify(text),
    );
  }
});

test("parseImageRef() says that repository names are lower case", () => {
  for (const text of ["Alpine", "team/Tool", "host.x/App", "Team/tool"]) {
    assert.throws(
      () => parseImageRef(text),
      /^EngineError: invalid reference format: repository name must be lowercase$/,
    );
  }
});

test("parseImageRef() refuses a megabyte of anything at once", () => {
  for (const part of ["a", "-", ".", "_", "/", ":", "@", "a-", "a.", "[", "\u0000"]) {
    const text = part.repeat((1 << 20) / part.length);
    const before = performance.now();
    assert.throws(() => parseImageRef(text), EngineError);
    assert.ok(performance.now() - before < 2000, `slow for ${JSON.stringify(part)}`);
  }
});

test("withDefaultTag() adds latest only where nothing else selects an image", () => {
  assert.equal(withDefaultTag(parseImageRef("a")).tag, "latest");
  assert.equal(withDefaultTag(parseImageRef("a:1")).tag, "1");
  assert.equal(withDefaultTag(parseImageRef(`a@${digest}`)).tag, undefined);
});
