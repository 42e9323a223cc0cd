import assert from "node:assert/strict";
import { test } from "node:test";
import type { FoundRepository } from "../../../../src/image/index.ts";
import { brig } from "../fakeContext.ts";

const results: readonly FoundRepository[] = [
  {
    name: "redis",
    description: `${"long ".repeat(12)}\u001b[2J`,
    starCount: 900,
    isOfficial: true,
    isAutomated: false,
  },
  { name: "me/redis", description: "mine\nonly", starCount: 3, isOfficial: false, isAutomated: true },
];

const search = (...flags: readonly string[]) =>
  brig(["search", ...flags, "redis"], { engine: { search: async () => results } });

test("search prints Docker's table, descriptions cut and on one line", async () => {
  assert.deepEqual((await search()).out.split("\n"), [
    "NAME       DESCRIPTION                                     STARS     OFFICIAL",
    "redis      long long long long long long long long long…   900       [OK]",
    "me/redis   mine only                                       3         ",
    "",
  ]);
});

test("search --no-trunc and --format show everything, and nothing that moves the cursor", async () => {
  const { out } = await search("--no-trunc", "--format", "{{.Name}}: {{.Description}} {{.IsAutomated}}");
  assert.equal(out, `redis: ${"long ".repeat(12)}\\x1b[2J \nme/redis: mine only [OK]\n`);
});

test("search --filter takes all filters together", async () => {
  const names = async (...flags: string[]) => (await search("--format", "{{.Name}}", ...flags)).out;
  assert.equal(await names("--filter", "stars=4"), "redis\n");
  assert.equal(await names("-f", "is-official=false", "-f", "stars=3"), "me/redis\n");
  assert.equal(await names("-f", "is-automated=true", "-f", "stars=4"), "");
});
