// @regression V75 CVE-2021-25743
// @wrong Names, labels and messages of strangers drove the terminal of whoever listed them.
// @rule R9
// @defence Every line that the engine composes has control and bidirectional characters written out, on a terminal or not.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { handArchive } from "../support/handTar.ts";
import { busyboxEntries } from "../support/hostileImage.ts";
import { configOf, sha256 } from "../support/imageArchive.ts";

let root: TestRoot;

/** Writes to the clipboard, clears the screen, rings, turns text around, moves up by an 8-bit control, starts a new line. */
const evil = "x\u001b]52;c;aGk=\u0007\u001b[2J\u202eback\u009b1Ay\nforged line\r\u0008\u2028z\u{e0041}";
const driving =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]|[\u{e0000}-\u{e007f}]/u;

before(async () => {
  root = createRoot();
  const layer = handArchive(busyboxEntries);
  const history = [{ created: "2024-01-01T00:00:00Z", created_by: evil, author: evil, comment: evil }];
  const labels = { [`key${evil}`]: evil, plain: evil };
  const own = { Env: ["PATH=/bin", `A=${evil}`], Labels: labels, Cmd: ["sh", "-c", evil], WorkingDir: "/", User: "" };
  const config = configOf([layer], { author: evil, history, config: own, created: "2024-01-01T00:00:00Z" });
  const files = [
    { name: `${sha256(config)}.json`, content: Buffer.from(config) },
    { name: "layer.tar", content: layer },
    {
      name: "manifest.json",
      content: JSON.stringify([{ Config: `${sha256(config)}.json`, RepoTags: ["evil:1"], Layers: ["layer.tar"] }]),
    },
  ];
  await brigOk(["load"], { root, stdin: handArchive(files) });
  const flags = ["-l", `also=${evil}`, "--network", "none"];
  await brigOk(["create", "--name", "one", ...flags, "evil:1"], { root });
  await runBrig(["start", "one"], { root });
});
after(() => disposeRoot(root));

const views: readonly (readonly string[])[] = [
  ["ps", "-a", "--no-trunc"],
  ["ps", "-a", "--format", "{{.Command}} {{.Labels}}"],
  ["ps", "-a", "--format", "json"],
  ["images", "--digests"],
  ["history", "--no-trunc", "evil:1"],
  ["history", "--no-trunc", "--format", "json", "evil:1"],
  ["inspect", "one"],
  ["inspect", "evil:1"],
  ["inspect", "-f", "{{json .Config.Labels}} {{json .Config.Cmd}}", "one"],
  ["events", "--since", "0", "--until", "1s"],
  ["rm", "-f", "one"],
];

/** The same with words of the command line, which a script may have from anywhere. */
const refusals = [
  ["run", evil],
  ["ps", "--filter", evil],
  ["inspect", evil],
  ["rm", evil],
  [evil],
  ["run", `--${evil}`, "x"],
  ["pull", `127.0.0.1:1/${evil}`],
];

test("V75: no table, document, event or error of brig holds a character that drives a terminal", async () => {
  let shown = "";
  for (const args of [...views, ...refusals]) {
    const { stdout, stderr } = await runBrig(args, { root });
    shown += stdout;
    for (const text of [stdout, stderr])
      assert.doesNotMatch(text, driving, `${JSON.stringify(args)}: ${JSON.stringify(text)}`);
    for (const text of [stdout, stderr]) assert.doesNotMatch(text, /^forged line/m, JSON.stringify(args));
  }
  assert.match(shown, /52;c;aGk=/, "the labels were shown");
});

test("V75: an archive's own names do not speak in the error that refuses it", async () => {
  const file = join(root.directory, "bad.tar");
  writeFileSync(file, handArchive([{ name: `../${Buffer.from(evil).toString("latin1")}`, content: "x" }]));
  for (const args of [
    ["load", "-i", file],
    ["import", file, "bad:1"],
  ]) {
    const { stderr, stdout } = await runBrig(args, { root });
    assert.doesNotMatch(stderr + stdout, driving, JSON.stringify(stderr));
  }
});
