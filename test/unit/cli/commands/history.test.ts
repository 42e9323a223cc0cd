import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryItem } from "../../../../src/image/index.ts";
import { compareGolden } from "../../../support/golden.ts";
import { brig, fixedNow } from "../fakeContext.ts";

const id = `sha256:${"a".repeat(64)}` as NonNullable<HistoryItem["id"]>;
const items: readonly HistoryItem[] = [
  {
    id,
    createdMs: fixedNow.getTime() - 3 * 86_400_000,
    createdBy: 'CMD ["sh"]\t# tab, \x1b[31mred\x1b[0m',
    sizeBytes: 0,
    comment: "buildkit",
    tags: ["alpine:3.20"],
  },
  {
    createdMs: undefined,
    createdBy: `RUN ${"long ".repeat(20)}end`,
    sizeBytes: 7_801_234,
    comment: "",
    tags: [],
  },
];
const engine = { imageHistory: async () => items };

for (const [name, flags] of [
  ["history.txt", []],
  ["history-no-trunc.txt", ["--no-trunc", "-H=false"]],
  ["history-json.txt", ["--format", "json"]],
] as const) {
  test(`history ${flags.join(" ")} prints the golden table`, async () => {
    const { out, err, status } = await brig(["history", ...flags, "alpine"], { engine });
    assert.deepEqual([err, status], ["", 0]);
    compareGolden(`cli/${name}`, out);
  });
}

test("history -q prints ids, and Docker's word where there is none", async () => {
  assert.equal((await brig(["image", "history", "-q", "x"], { engine })).out, `${"a".repeat(12)}\n<missing>\n`);
  assert.equal((await brig(["history", "-q", "--no-trunc", "x"], { engine })).out, `${id}\n<missing>\n`);
});

test("tag asks for one name more and prints nothing", async () => {
  const asked: unknown[] = [];
  const tagImage = async (request: unknown) => void asked.push(request);
  const { out, status } = await brig(["image", "tag", "one", "two:3"], { engine: { tagImage } });
  assert.deepEqual([out, status, asked], ["", 0, [{ source: "one", target: "two:3" }]]);
  assert.match((await brig(["tag", "one"], { engine: { tagImage } })).err, /requires 2 arguments|exactly 2/);
});
