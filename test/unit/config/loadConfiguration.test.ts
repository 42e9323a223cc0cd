import assert from "node:assert/strict";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { assemble, mergeLayers } from "../../../src/config/assemble.ts";
import { checkFiles, loadConfiguration } from "../../../src/config/index.ts";
import { readSettings } from "../../../src/config/readSettings.ts";
import { EngineError } from "../../../src/index.ts";
import { testDirectory } from "../../support/projectPaths.ts";

function setting(t: TestContext) {
  const directory = mkdtempSync(join(testDirectory(), "config-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return { path, isNamed: false };
  };
  return { directory, write, cache: join(directory, "run", "config.json") };
}

const failsWith = (code: string, words: string) => (error: unknown) =>
  error instanceof EngineError && error.code === code && error.message.includes(words);

test("the file that comes last wins for each setting, and for the log as a whole", async (t) => {
  const { write } = setting(t);
  const files = [
    write("system.yaml", "root: /a\nplatform: linux/amd64\nlog: { driver: json-file, options: { max-size: 1m } }\n"),
    write("user.yaml", "root: /b\nlog: { driver: journald }\nregistries: { a.example.com: { insecure: true } }\n"),
  ];
  const configuration = await loadConfiguration({ files });
  assert.equal(configuration.root, "/b");
  assert.deepEqual(configuration.platform, { os: "linux", architecture: "amd64" });
  assert.deepEqual(configuration.log, { driver: "journald" });
  const { origins } = await checkFiles(files);
  const placed = origins.map(({ path, source, line }) => `${path.join(".")} ${source.split("/").at(-1)}:${line}`);
  assert.deepEqual(placed, [
    "root user.yaml:1",
    "platform system.yaml:2",
    "log.driver user.yaml:2",
    "registries.a.example.com.insecure user.yaml:3",
  ]);
});

test("mergeLayers() keeps both sides of a section", () => {
  const layer = (source: string, document: object) => ({ source, leaves: readSettings(document).leaves });
  const merged = mergeLayers([
    layer("one", { registries: { "a.example.com": { insecure: true } } }),
    layer("two", { registries: { "a.example.com": { mirrors: ["m.example.com"] } } }),
  ]);
  assert.deepEqual(assemble(merged).registries?.get("a.example.com"), { insecure: true, mirrors: ["m.example.com"] });
});

test("what was parsed is kept with its text, and counts only for that text", async (t) => {
  const { write, cache } = setting(t);
  const files = [write("config.yaml", "pull: { concurrency: 4 }\n")];
  assert.equal((await loadConfiguration({ files, cache })).pull?.concurrency, 4);
  const kept = JSON.parse(readFileSync(cache, "utf8")) as { documents: { pull: { concurrency: number } }[] };
  const [document] = kept.documents;
  assert.ok(document !== undefined);
  document.pull.concurrency = 9;
  writeFileSync(cache, JSON.stringify(kept));
  assert.equal((await loadConfiguration({ files, cache })).pull?.concurrency, 9, "the kept document is what is read");
  write("config.yaml", "pull: { concurrency: 5 }\n");
  assert.equal((await loadConfiguration({ files, cache })).pull?.concurrency, 5);
  document.pull.concurrency = 900;
  writeFileSync(cache, JSON.stringify({ ...kept, texts: ["pull: { concurrency: 5 }\n"] }));
  await assert.rejects(loadConfiguration({ files, cache }), "what was kept is checked like what was parsed");
});

test("a damaged or unwritable place to keep it in changes nothing", async (t) => {
  const { write, cache, directory } = setting(t);
  const files = [write("config.yaml", "init: true\n")];
  for (const place of [join(directory, "config.yaml", "below-a-file"), cache]) {
    assert.equal((await loadConfiguration({ files, cache: place })).init, true);
  }
  for (const text of ["", "{", "null", "[]", '{"format":1}', '{"format":1,"texts":[1],"documents":[]}']) {
    writeFileSync(cache, text);
    assert.equal((await loadConfiguration({ files, cache })).init, true);
  }
});

test("a mistake names file and line, and keeps nothing", async (t) => {
  const { write, cache } = setting(t);
  const files = [write("config.yaml", "\n\nroot: x\nplatfrom: y\n")];
  await assert.rejects(loadConfiguration({ files, cache }), failsWith("invalidConfig", "config.yaml:3: "));
  await assert.rejects(loadConfiguration({ files, cache }), failsWith("invalidConfig", "(and 1 more)"));
  assert.equal(existsSync(cache), false);
});

test("files that are too large, of another user, or open to everybody are refused", async (t) => {
  const { write } = setting(t);
  const large = write("large.yaml", `# ${"x".repeat(256 * 1024)}\n`);
  await assert.rejects(loadConfiguration({ files: [large] }), failsWith("limitExceeded", "larger than"));
  const foreign = write("foreign.yaml", "init: true\n");
  chmodSync(foreign.path, 0o666);
  await assert.rejects(loadConfiguration({ files: [foreign] }), failsWith("invalidConfig", "written by everybody"));
  assert.equal((await loadConfiguration({ files: [{ ...foreign, isNamed: true }] })).init, true);
  if (process.geteuid?.() !== 0) return;
  chmodSync(foreign.path, 0o600);
  chownSync(foreign.path, 1000, 1000);
  await assert.rejects(loadConfiguration({ files: [foreign] }), failsWith("invalidConfig", "another user"));
});

test("checkFiles() tries out what the settings speak of", async (t) => {
  const { write } = setting(t);
  const text = [
    "log: { driver: json-file, options: { max-sise: 1m } }",
    "security: { seccomp: /nowhere/profile.json }",
    "trust: { images: { docker.io: { require: [/nowhere/key.pub] } } }",
    "",
  ].join("\n");
  const { findings } = await checkFiles([write("config.yaml", text)]);
  assert.deepEqual(
    findings.map(({ line }) => line),
    [1, 2, 3],
  );
  assert.match(findings[0]?.message ?? "", /max-sise/);
  assert.deepEqual((await checkFiles([write("config.yaml", "log: { options: { max-size: 1m } }\n")])).findings, []);
});
