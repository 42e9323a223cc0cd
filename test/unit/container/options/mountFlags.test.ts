import assert from "node:assert/strict";
import test from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { formatBindIdMap, parseIdMap } from "../../../../src/container/options/idMapFlag.ts";
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

test("idmap= is read by -v and --mount alike, and written as it is read", () => {
  const one = { containerID: 0, hostID: 1000, size: 1 };
  const ten = { containerID: 5, hostID: 7, size: 10 };
  const cases: readonly (readonly [string, object])[] = [
    ["0:1000", { users: [one], groups: [one] }],
    ["0:1000:1+5:7:10", { users: [one, ten], groups: [one, ten] }],
    ["0:1000;5:7:10", { users: [one], groups: [ten] }],
  ];
  for (const [text, idMap] of cases) {
    assert.deepEqual(parseVolumeFlag(`/a:/b:ro,idmap=${text}`, "/"), {
      ...bind,
      source: "/a",
      target: "/b",
      readOnly: true,
      idMap,
    });
    assert.deepEqual(parseVolumeFlag(`/a:/b:idmap=${text},ro`, "/"), {
      ...bind,
      source: "/a",
      target: "/b",
      readOnly: true,
      idMap,
    });
    const mount = parseMountFlag(`type=bind,src=/a,dst=/b,idmap=${text}`, "/");
    assert.deepEqual(mount.kind === "bind" && mount.idMap, idMap);
    assert.deepEqual(parseIdMap(formatBindIdMap(parseIdMap(text))), idMap);
  }
  assert.equal(formatBindIdMap(parseIdMap("0:1000;5:7:10")), "0:1000:1;5:7:10");
  assert.deepEqual(parseVolumeFlag("/a:/b:idmap", "/"), { ...bind, source: "/a", target: "/b" });
});

test("idmap= is refused with what is wrong with it", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /"" is no range/],
    ["0", /"0" is no range/],
    ["a:1", /"a:1" is no range/],
    ["0:1:2:3", /"0:1:2:3" is no range/],
    ["0:1:0", /the range "0 1 0" is out of bounds/],
    ["0:4294967295", /out of bounds/],
    ["0:1+", /"" is no range/],
    ["0:1;", /"" is no range/],
    ["0:1;0:1;0:1", /more than a map of users and one of groups/],
    ["0:1+0:2", /two ranges overlap/],
    ["0:5:2+9:6", /two ranges overlap/],
    [Array.from({ length: 341 }, (_, id) => `${id}:${id}`).join("+"), /it has 341 ranges/],
    ["1:1+".repeat(2000), /cannot map the ids of a mount/],
  ];
  for (const [text, expected] of cases) {
    assert.match(
      refusal(() => parseVolumeFlag(`/a:/b:idmap=${text}`, "/")),
      expected,
      text,
    );
    assert.match(
      refusal(() => parseMountFlag(`type=bind,src=/a,dst=/b,idmap=${text}`, "/")),
      expected,
      text,
    );
  }
  assert.match(
    refusal(() => parseVolumeFlag("data:/b:idmap=0:1", "/")),
    /^invalid mode: idmap=0:1$/,
  );
  assert.match(
    refusal(() => parseMountFlag("src=data,dst=/b,idmap=0:1", "/")),
    /cannot mix 'bind-\*' options/,
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
