import assert from "node:assert/strict";
import test from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { parseMountFlag } from "../../../../src/container/options/mountFlag.ts";
import { parseTmpfsFlag } from "../../../../src/container/options/tmpfsFlag.ts";
import { parseVolumeFlag } from "../../../../src/container/options/volumeFlag.ts";

const bind = { kind: "bind", readOnly: false, createSource: true, propagation: "rprivate", recursive: true } as const;
const volume = { kind: "volume", readOnly: false, noCopy: false } as const;

function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
  return "accepted";
}

test("parseVolumeFlag() tells volumes, host paths and relative paths apart", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["/data", { ...volume, target: "/data" }],
    ["data:/data", { ...volume, name: "data", target: "/data" }],
    ["data:/data:ro,nocopy", { ...volume, name: "data", target: "/data", readOnly: true, noCopy: true }],
    ["/a:/b", { ...bind, source: "/a", target: "/b" }],
    ["/a/../c:/b//d/", { ...bind, source: "/c", target: "/b/d" }],
    ["./a:/b:ro", { ...bind, source: "/home/me/a", target: "/b", readOnly: true }],
    [".:/b", { ...bind, source: "/home/me", target: "/b" }],
    ["../a:/b", { ...bind, source: "/home/a", target: "/b" }],
    ["/a:/b:rslave,Z", { ...bind, source: "/a", target: "/b", propagation: "rslave", relabel: "private" }],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseVolumeFlag(text, "/home/me"), expected, text);
});

test("parseVolumeFlag() refuses with Docker's sentences", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /^invalid volume specification: ''$/],
    ["a::b", /^invalid volume specification: 'a::b'$/],
    ["/a:/b:ro:x", /^invalid volume specification: /],
    ["/a:b", /invalid mount path: 'b' mount path must be absolute$/],
    ["/a:/", /destination can't be '\/'$/],
    ["/a:/b:rw,ro", /^invalid mode: rw,ro$/],
    ["/a:/b:wrong", /^invalid mode: wrong$/],
    ["data:/b:rshared", /^invalid mode: /],
    ["/a:/b:nocopy", /^invalid mode: nocopy$/],
    ["da ta:/b", /includes invalid characters for a local volume name/],
    ["a:/b", /volume name is too short/],
    ["/a:/b\nx", /holds a control character/],
  ];
  for (const [text, expected] of cases)
    assert.match(
      refusal(() => parseVolumeFlag(text, "/")),
      expected,
      text,
    );
});

test("parseMountFlag() reads every kind, quotes and switches", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["type=bind,src=/a,dst=/b", { ...bind, createSource: false, source: "/a", target: "/b" }],
    [
      "type=bind,source=rel,target=/b,ro",
      { ...bind, createSource: false, source: "/home/me/rel", target: "/b", readOnly: true },
    ],
    [
      "type=bind,src=/a,dst=/b,bind-recursive=disabled",
      { ...bind, createSource: false, source: "/a", target: "/b", recursive: false },
    ],
    ['type=bind,"src=/a,b",dst=/b', { ...bind, createSource: false, source: "/a,b", target: "/b" }],
    ["src=data,dst=/b,volume-nocopy", { ...volume, name: "data", target: "/b", noCopy: true }],
    ["target=/b", { ...volume, target: "/b" }],
    ["type=volume,src=data,dst=/b,volume-subpath=x/y", { ...volume, name: "data", target: "/b", subpath: "x/y" }],
    [
      "type=tmpfs,dst=/b,tmpfs-size=1m,tmpfs-mode=700",
      { kind: "tmpfs", target: "/b", options: ["size=1048576", "mode=700"] },
    ],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseMountFlag(text, "/home/me"), expected, text);
});

test("parseMountFlag() refuses with Docker's sentences", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["type=bind,wrong=1,dst=/b", /^unexpected key 'wrong' in 'wrong=1'$/],
    ["type=bind,wrong,dst=/b", /^invalid field 'wrong' must be a key=value pair$/],
    ["type=bind,src=/a", /^target is required$/],
    ["type=bind,dst=/b", /field Source must not be empty$/],
    ["type=tmpfs,src=/a,dst=/b", /field Source must not be specified$/],
    ["type=bind,src=/a,dst=/b,volume-nocopy", /^cannot mix 'volume-\*' options with mount type 'bind'$/],
    ["type=volume,dst=/b,tmpfs-size=1", /^cannot mix 'tmpfs-\*' options with mount type 'volume'$/],
    ["type=volume,dst=/b,ro=maybe", /^invalid value for ro: maybe$/],
    ["type=what,dst=/b", /mount type unknown: "what"$/],
    ["type=image,src=alpine,dst=/b", /^cannot mount "image"/],
    ["type=volume,dst=/b,volume-subpath=../x", /^invalid value for volume-subpath: \.\.\/x$/],
    ["type=volume,src=../x,dst=/b", /includes invalid characters/],
    ['type=bind,"src=/a', /a quote that is not closed$/],
    ["__proto__=1,dst=/b", /^unexpected key '__proto__'/],
    ["type=bind,src=/a,dst=/b,bind-propagation=up", /^invalid propagation mode: up$/],
  ];
  for (const [text, expected] of cases)
    assert.match(
      refusal(() => parseMountFlag(text, "/")),
      expected,
      text,
    );
});

test("parseTmpfsFlag() turns sizes into bytes and refuses what tmpfs does not have", () => {
  assert.deepEqual(parseTmpfsFlag("/run:size=64m,mode=1777,exec"), {
    kind: "tmpfs",
    target: "/run",
    options: ["size=67108864", "mode=1777", "exec"],
  });
  for (const text of ["run", "/run:bogus", "/run:size=1x", "/run:mode=9", "/:ro", "/run:uid=-1", "/run:exec=1"]) {
    assert.notEqual(
      refusal(() => parseTmpfsFlag(text)),
      "accepted",
      text,
    );
  }
});
