import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import { commandTable } from "../../../src/cli/commandTable.ts";
import { compareGolden } from "../../support/golden.ts";
import { brig } from "./fakeContext.ts";

test("brig alone explains itself on stderr, with --help on stdout", async () => {
  const [alone, asked] = [await brig([]), await brig(["--help"])];
  assert.equal(alone.out, "");
  assert.equal(alone.err, asked.out);
  assert.equal(alone.status, 0);
  compareGolden("cli/help.txt", asked.out);
});

for (const { words } of commandTable) {
  test(`brig ${words} --help has a page, the same as brig help ${words}`, async () => {
    const asked = await brig([...words.split(" "), "--help"]);
    assert.equal(asked.status, 0);
    assert.equal(asked.err, "");
    assert.ok(asked.out.startsWith(`Usage:  brig ${words} `));
    assert.equal((await brig(["help", ...words.split(" ")])).out, asked.out);
    assert.ok(asked.out.split("\n").every((line) => line.length <= 120));
  });
}

test("run --help shows -h as the host name and needs no image", async () => {
  const { out } = await brig(["run", "--help"], { columns: 100 });
  compareGolden("cli/run-help.txt", out);
});

test("help wins over what is missing, flags that do not exist win over help", async () => {
  assert.equal((await brig(["pull", "--help"])).status, 0);
  assert.equal((await brig(["images", "-h"])).status, 0);
  assert.equal((await brig(["run", "--help", "--nosuch"])).status, 125);
});

test("a group alone lists its commands, an unknown member is an error", async () => {
  const group = await brig(["image"]);
  assert.match(group.err, /^Usage: {2}brig image COMMAND/);
  assert.equal(group.status, 0);
  assert.match((await brig(["image", "--help"])).out, /^Usage: {2}brig image COMMAND/);
  const unknown = await brig(["image", "lst"]);
  assert.equal(
    unknown.err,
    "brig: unknown command: brig image lst\nhint: did you mean \"brig image ls\"?\n\nRun 'brig image --help' for more information\n",
  );
  assert.equal(unknown.status, 1);
});

test("an unknown command gets the nearest right one, or none when nothing is near", async () => {
  const near = await brig(["imges"]);
  assert.equal(
    near.err,
    "brig: unknown command: brig imges\nhint: did you mean \"brig images\"?\n\nRun 'brig --help' for more information\n",
  );
  assert.equal(near.status, 1);
  assert.doesNotMatch((await brig(["xylophone"])).err, /hint/);
  assert.doesNotMatch((await brig(["x".repeat(100_000)])).err, /hint/);
});

test("unknown topics of help are refused", async () => {
  const { err, status } = await brig(["help", "nosuch"]);
  assert.match(err, /^brig: unknown help topic: nosuch\n/);
  assert.equal(status, 1);
});

test("counts of arguments are complained about in Docker's words", async () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      "images a b",
      "brig: 'brig images' requires at most 1 argument\n\nUsage:  brig images [OPTIONS] [REPOSITORY[:TAG]]\n\nRun 'brig images --help' for more information\n",
    ],
    ["pull", "brig: 'brig pull' requires 1 argument\n"],
    ["pull a b", "brig: 'brig pull' requires 1 argument\n"],
    ["rmi", "brig: 'brig rmi' requires at least 1 argument\n"],
    ["image rm", "brig: 'brig image rm' requires at least 1 argument\n"],
    ["image remove", "brig: 'brig image rm' requires at least 1 argument\n"],
    ["ps x", "brig: 'brig ps' accepts no arguments\n"],
    ["version x", "brig: 'brig version' accepts no arguments\n"],
    ["plan run", "brig: 'brig plan run' requires at least 1 argument\n"],
  ];
  for (const [words, says] of cases) {
    const { err, status } = await brig(words.split(" "));
    assert.equal(err.slice(0, says.length), says);
    assert.equal(status, 1);
  }
});

test("flags may follow arguments where no payload does", async () => {
  const { status, out } = await brig(["images", "alpine", "-q"], { engine: { images: async () => [] } });
  assert.deepEqual([status, out], [0, ""]);
});

test("global flags win over the environment and stand before the command", async () => {
  const images = async () => [];
  const env = {
    BRIG_ROOT: "/a",
    BRIG_RUN_ROOT: "/b",
    BRIG_INSECURE_REGISTRIES: "one:5000, two",
    HOME: "/home/me",
    PATH: "/bin",
  };
  const flags = ["--root", "/c", "--insecure-registry=three", "-D", "images"];
  const { settings } = await brig(flags, { engine: { images }, env });
  assert.deepEqual(settings, {
    root: "/c",
    runRoot: "/b",
    insecureRegistries: ["one:5000", "two", "three"],
    authFile: "/home/me/.docker/config.json",
    searchPath: "/bin",
    home: "/home/me",
  });
  assert.equal((await brig(["images", "--root", "/x"], { engine: { images } })).status, 125);
});

test("an empty variable counts as not set, DOCKER_CONFIG leads to the credentials", async () => {
  const { settings } = await brig(["images"], {
    engine: { images: async () => [] },
    env: { BRIG_ROOT: "", BRIG_INSECURE_REGISTRIES: " ,", DOCKER_CONFIG: "/etc/docker-me" },
  });
  assert.deepEqual(settings, { authFile: "/etc/docker-me/config.json" });
});

test("the language is that of the environment unless --lang says another, and English is not said", async () => {
  const languageOf = async (flags: readonly string[], env: Readonly<Record<string, string>>) => {
    const { settings } = await brig([...flags, "images"], { engine: { images: async () => [] }, env });
    return settings?.language;
  };
  assert.equal(await languageOf([], { LANG: "ko_KR.UTF-8" }), "ko");
  assert.equal(await languageOf(["--lang", "en"], { LANG: "ko_KR.UTF-8" }), undefined);
  assert.equal(await languageOf(["--lang=ko"], {}), "ko");
  assert.match((await brig(["--lang", "fr", "images"], { engine: {} })).err, /no messages in "fr"/);
});

function failing(error: unknown) {
  return { images: () => Promise.reject(error), run: () => Promise.reject(error) };
}

test("a failure of the engine is one line and its hint, with the status of its code", async () => {
  const error = new EngineError("storeCorrupt", 'cannot read "index.json": it is no JSON', { hint: "restore it" });
  const images = await brig(["images"], { engine: failing(error) });
  assert.equal(images.err, 'brig: cannot read "index.json": it is no JSON\nhint: restore it\n');
  assert.equal(images.status, 1);
  assert.equal((await brig(["run", "x"], { engine: failing(error) })).status, 125);
});

test("a payload that cannot be executed ends run with 126 or 127", async () => {
  const missing = new EngineError("commandNotFound", "no such program");
  const forbidden = new EngineError("commandNotExecutable", "not executable");
  assert.equal((await brig(["run", "x"], { engine: failing(missing) })).status, 127);
  assert.equal((await brig(["run", "x"], { engine: failing(forbidden) })).status, 126);
});

test("what a stranger put into an error cannot drive the terminal", async () => {
  const error = new EngineError("registryProtocol", "the registry says \x1b[2Jgone\nbrig: all is well", {
    hint: "see \x9b1m",
  });
  const { err } = await brig(["images"], { engine: failing(error) });
  assert.equal(err, "brig: the registry says \\x1b[2Jgone\\nbrig: all is well\nhint: see \\x9b1m\n");
});

test("a bug shows its stack and asks to be reported, other failures show stacks with --debug only", async () => {
  const bug = await brig(["images"], { engine: failing(new TypeError("x is not a function")) });
  assert.match(bug.err, /^brig: internal error: TypeError: x is not a function\n\s+at /);
  assert.match(bug.err, /\nhint: this is a bug of brig/);
  assert.equal(bug.status, 1);
  const error = new EngineError("fileSystem", "cannot", { cause: new Error("the cause") });
  assert.doesNotMatch((await brig(["images"], { engine: failing(error) })).err, /\n\s+at /);
  assert.match(
    (await brig(["--debug", "images"], { engine: failing(error) })).err,
    /caused by: Error: the cause\n\s+at /,
  );
});

test("after an interruption that is the reason, whatever else failed", async () => {
  const interruption = new AbortController();
  const images = async () => {
    interruption.abort(new EngineError("interrupted", "interrupted by SIGTERM", { details: { exitStatus: 143 } }));
    throw new Error("socket closed");
  };
  const { err, status } = await brig(["images"], { engine: { images }, signal: interruption.signal });
  assert.equal(err, "brig: interrupted by SIGTERM\n");
  assert.equal(status, 143);
});
