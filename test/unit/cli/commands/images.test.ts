import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { type ImageFilter, type ImageSummary, selectImages } from "../../../../src/image/index.ts";
import { compareGolden } from "../../../support/golden.ts";
import { brig, fixedNow } from "../fakeContext.ts";

const day = 86_400_000;

function image(digit: string, members: Partial<ImageSummary>): ImageSummary {
  return {
    id: `sha256:${digit.repeat(64)}` as ImageSummary["id"],
    repoTags: [],
    repoDigests: [],
    createdMs: fixedNow.getTime() - 3 * day,
    sizeBytes: 7_800_000,
    labels: new Map(),
    containers: 0,
    ...members,
  };
}

const images = [
  image("a", {
    repoTags: ["alpine:3.20", "alpine:latest"],
    repoDigests: [`alpine@sha256:${"d".repeat(64)}`],
    labels: new Map([["team", "core"]]),
  }),
  image("b", {
    repoTags: ["localhost:5000/tools/very-long-name-of-a-repository:v1"],
    sizeBytes: 1_234_567_890,
    createdMs: fixedNow.getTime() - 400 * day,
  }),
  image("c", { createdMs: undefined, sizeBytes: 0 }),
];

const days = (text: string) => fixedNow.getTime() - Number(text) * day;
const engine = {
  images: async (filters: readonly ImageFilter[] = []) =>
    selectImages(images, filters, { createdOf: days, timeOf: days }),
};

const goldens: readonly (readonly [string, readonly string[]])[] = [
  ["images.txt", []],
  ["images-digests.txt", ["--digests"]],
  ["images-no-trunc.txt", ["--no-trunc"]],
  ["images-json.txt", ["--format", "json"]],
  ["images-table.txt", ["--format", "table {{.ID}}\\t{{.Repository}}:{{.Tag}}\\t{{upper .Size}}"]],
  ["images-template.txt", ["--format", "{{.Repository}}\\t{{json .Tag}}"]],
];

for (const [name, flags] of goldens) {
  test(`images ${flags.join(" ")} prints the golden table`, async () => {
    const { out, err, status } = await brig(["images", ...flags], { engine });
    assert.deepEqual([err, status], ["", 0]);
    compareGolden(`cli/${name}`, out);
  });
}

const selections: readonly (readonly [readonly string[], string])[] = [
  [[], "aabc"],
  [["alpine"], "aa"],
  [["alpine:3.20"], "a"],
  [["alp*"], "aa"],
  [["localhost:5000/tools/*"], "b"],
  [["localhost:5000/*"], ""],
  [["a?pine:3.2?"], "a"],
  [["a[k-m]pine:[^4]*"], "aa"],
  [["a[k-m"], ""],
  [[`alpine@sha256:${"d".repeat(64)}`], "a"],
  [["-f", "since=100"], "aa"],
  [["-f", "before=100"], "bc"],
  [["-f", "until=100", "-f", "since=1000"], "b"],
  [["-f", "dangling=true"], "c"],
  [["-f", "dangling=false"], "aab"],
  [["-f", "label=team"], "aa"],
  [["-f", "label=team=core"], "aa"],
  [["-f", "label=team=other"], ""],
  [["-f", "label=team", "-f", "label=missing"], ""],
  [["-f", "reference=alpine:latest", "-f", "reference=localhost:5000/tools/*:v1"], "ab"],
  [["nothing"], ""],
];

for (const [flags, digits] of selections) {
  test(`images -q ${flags.join(" ")} selects "${digits}"`, async () => {
    const { out } = await brig(["images", "-q", ...flags], { engine });
    assert.equal(out, [...digits].map((digit) => `${digit.repeat(12)}\n`).join(""));
  });
}

test("images -q --no-trunc prints whole ids", async () => {
  const { out } = await brig(["image", "ls", "-q", "--no-trunc", "-f", "dangling=true"], { engine });
  assert.equal(out, `sha256:${"c".repeat(64)}\n`);
});

test("unknown filters and fields are refused", async () => {
  const filter = await brig(["images", "-f", "colour=red"], { engine });
  assert.match(
    filter.err,
    /^invalid argument "colour=red" for "-f, --filter" flag: invalid filter 'colour'\nhint: known filters/,
  );
  assert.equal(filter.status, 125);
  const field = await brig(["images", "--format", "{{.Nope}}"], { engine });
  assert.match(field.err, /^brig: template parsing error: template: :1:2: executing "" at <.Nope>: /);
  assert.equal(field.status, 1);
  const broken = await brig(["images", "--format", "{{"], { engine });
  assert.equal(broken.status, 64);
});

test("names with control characters break neither table nor terminal", async () => {
  const evil = [image("e", { repoTags: ["ev\x1b]52;c;x\x07il\t\n:ta\u202eg"] })];
  for (const flags of [
    [],
    ["--digests"],
    ["--format", "table {{.Repository}}\\t{{.Tag}}"],
    ["--format", "{{.Tag}}"],
    ["--format", "json"],
  ]) {
    const { out } = await brig(["images", ...flags], { engine: { images: async () => evil } });
    assert.doesNotMatch(out, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    assert.ok(out.trimEnd().split("\n").length <= 2);
  }
});

test("rmi reports what went, goes on after a failure and ends with 1", async () => {
  const removeImage = async (reference: string) => {
    if (reference === "gone") throw new EngineError("imageNotFound", "No such image: gone");
    return { untagged: [`${reference}:latest`], deleted: [`sha256:${"a".repeat(64)}`] };
  };
  const ran = await brig(["rmi", "one", "gone", "two"], { engine: { removeImage } });
  const removed = (name: string) => `Untagged: ${name}:latest\nDeleted: sha256:${"a".repeat(64)}\n`;
  assert.equal(ran.out, removed("one") + removed("two"));
  assert.equal(ran.err, "brig: No such image: gone\n");
  assert.equal(ran.status, 1);
  assert.equal((await brig(["rmi", "-f", "gone"], { engine: { removeImage } })).status, 0);
});

const missing = (code: "containerNotFound" | "networkNotFound" | "volumeNotFound") => async () => {
  throw new EngineError(code, "there is none");
};

test("inspect prints an array indented by four, also when a name is unknown", async () => {
  const inspectImage = async (name: string) => {
    if (name === "gone") throw new EngineError("imageNotFound", "No such image: gone");
    return { Id: "sha256:1", Config: { Labels: { b: "2", a: "1" }, Cmd: null }, RepoTags: [name] } as never;
  };
  const engine = {
    inspectImage,
    inspectContainer: missing("containerNotFound"),
    inspectNetwork: missing("networkNotFound"),
    inspectVolume: missing("volumeNotFound"),
  };
  const ran = await brig(["inspect", "one", "gone"], { engine });
  assert.ok(ran.out.startsWith('[\n    {\n        "Id": "sha256:1",\n'));
  assert.equal(JSON.parse(ran.out).length, 1);
  assert.match(ran.err, /^brig: no such object: gone\n/);
  assert.equal(ran.status, 1);
  assert.equal(
    (await brig(["image", "inspect", "gone"], { engine: { inspectImage } })).err,
    "brig: No such image: gone\n",
  );
  assert.equal((await brig(["inspect", "gone"], { engine })).out, "[]\n");
  const formats: readonly (readonly [string, string])[] = [
    ["{{.Id}}", "sha256:1\n"],
    ['{{index .Config.Labels "a"}}|{{index .Config.Labels "zz"}}|{{.Config.Labels.zz}}', "1||<no value>\n"],
    ["{{json .Config.Labels}}", '{"a":"1","b":"2"}\n'],
    ["{{range .RepoTags}}{{.}}{{end}}", "one\n"],
    ["json", '{"Id":"sha256:1","Config":{"Labels":{"b":"2","a":"1"},"Cmd":null},"RepoTags":["one"]}\n'],
  ];
  for (const [format, output] of formats) {
    assert.equal((await brig(["inspect", "-f", format, "one"], { engine })).out, output);
  }
});

test("inspect --type knows Docker's types and refuses others", async () => {
  const inspectNetwork = async () => ({ Name: "x" }) as never;
  assert.match((await brig(["inspect", "--type", "network", "x"], { engine: { inspectNetwork } })).out, /"Name": "x"/);
  const unknown = await brig(["inspect", "--type", "foo", "x"]);
  assert.match(unknown.err, /unknown type: "foo": must be one of "container", "image", "network", "volume"/);
});
