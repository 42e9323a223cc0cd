// @regression V74 CVE-2021-20206
// @wrong Names of networks and ports became commands of tools or paths.
// @defence Words are parsed to values, rules and interfaces are made by netlink and JSON, names of interfaces from
//   ids.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** What a word could try to be: a command of nft, ip or a shell, a path, a line of a file, a terminal's command. */
const tricks = [
  '"; flush ruleset; "',
  "a; nft flush ruleset",
  "$(touch /tmp/brig-owned)",
  "`id`",
  "a\nlink del dev lo",
  "a\r\n1.2.3.4 evil",
  "../../../etc/passwd",
  "/etc/passwd",
  "..",
  "a\tb",
  "a b",
  "#comment",
  "-a",
  "--help",
  "a\u2028b",
  "a\u001b]52;c;x\u0007",
  "\u202eabc",
  "a".repeat(300),
  "__proto__",
  "{ type nat hook input priority 0; }",
  "@bridges",
  "0x7f000001",
  "1e3",
  "99999999999999999999",
  "８０",
];

/** Where such a word can be put. */
const uses: readonly ((word: string) => readonly string[])[] = [
  (word) => ["run", "--rm", "-p", `${word}:80`, image, "true"],
  (word) => ["run", "--rm", "-p", `80:${word}`, image, "true"],
  (word) => ["run", "--rm", "-p", `${word}:80:80`, image, "true"],
  (word) => ["run", "--rm", "--expose", word, "-P", image, "true"],
  (word) => ["run", "--rm", "--link", word, image, "true"],
  (word) => ["run", "--rm", "--link", `a:${word}`, image, "true"],
  (word) => ["run", "--rm", "--network-alias", word, image, "true"],
  (word) => ["network", "create", "--subnet", word, "x"],
  (word) => ["why", "port", word],
];

test("no word that a user can write changes the rules, the interfaces or a file of the host", async () => {
  await brigOk(["run", "--rm", image, "true"], { root });
  const seen = async () => ({
    rules: await runTool("nft", ["list", "ruleset"]),
    links: (await runTool("ip", ["-o", "link"])).split("\n").map((line) => line.split(" ")[1]),
    networks: readdirSync(join(root.root, "networks")).filter((name) => !name.startsWith(".")),
  });
  const before = await seen();
  const asked = tricks.flatMap((word) => uses.map((use) => use(word)));
  assert.ok(asked.length >= 200);
  for (let from = 0; from < asked.length; from += 4) {
    const results = await Promise.all(asked.slice(from, from + 4).map((args) => runBrig(args, { root })));
    for (const [index, { code, stderr }] of results.entries()) {
      const words = JSON.stringify(asked[from + index]);
      // An alias that is a name like any other is none of the tricks' success.
      if (code === 0) assert.match(words, /__proto__|--help|0x7f000001|1e3|99999999999999999999/, words);
      assert.doesNotMatch(stderr, /\n {4}at |[\u0000-\u0008\u000e-\u001f\u007f\u202e]/, words);
    }
  }
  assert.deepEqual(await seen(), before);
});
