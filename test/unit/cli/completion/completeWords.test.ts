import assert from "node:assert/strict";
import test from "node:test";
import { commandTable } from "../../../../src/cli/commandTable.ts";
import { completeWords } from "../../../../src/cli/completion/completeWords.ts";
import { valuesOf } from "../../../../src/cli/completion/flagValues.ts";
import { placeOf } from "../../../../src/cli/completion/wordKinds.ts";
import type { CommandContext } from "../../../../src/cli/context.ts";
import { fakeSink } from "../fakeContext.ts";

const words = async (...line: readonly string[]) => (await completeWords(line)).candidates.map(({ word }) => word);
const kinds = async (...line: readonly string[]) => (await completeWords(line)).place.kinds;

test("completeWords() offers commands, groups and their members, and nothing that only brig calls", async () => {
  const top = await words("");
  for (const word of ["run", "ps", "image", "network", "completion"]) assert.ok(top.includes(word), word);
  assert.ok(!top.some((word) => word.startsWith("_")));
  assert.ok((await words("image", "")).includes("prune"));
  assert.deepEqual(await words("nothing", ""), []);
});

test("completeWords() offers the flags that the command takes, and each that cannot be repeated once", async () => {
  const flags = await words("run", "-");
  assert.ok(flags.includes("--detach") && flags.includes("-d") && flags.includes("--env"));
  const more = await words("run", "-d", "-e", "A=1", "--name", "x", "--");
  assert.ok(!more.includes("--detach") && !more.includes("--name") && more.includes("--env"));
  assert.ok((await words("--lang", "ko", "-")).includes("--root"));
  assert.ok(!flags.includes("--help-all"));
});

test("completeWords() knows the word after a flag as its value, and what is after an = as well", async () => {
  const { place, command } = await completeWords(["run", "--pull", ""]);
  assert.deepEqual([place.words, command], [["always", "missing", "never"], "run"]);
  const assigned = await completeWords(["run", "--network=br"]);
  assert.deepEqual([assigned.prefix, assigned.place.kinds], ["--network=", ["network"]]);
  assert.deepEqual((await completeWords(["--lang", ""])).place.words, ["en", "ko"]);
  assert.deepEqual(await kinds("run", "-v", ""), ["volume"]);
});

test("completeWords() takes the kinds of arguments from the usage line, and leaves a container's command line alone", async () => {
  assert.deepEqual(await kinds("run", "-d", ""), ["image"]);
  assert.deepEqual(await kinds("run", "-d", "alpine", ""), []);
  assert.deepEqual(await words("run", "alpine", "-"), []);
  assert.deepEqual(await kinds("container", "exec", "-it", ""), ["container"]);
  assert.deepEqual(await kinds("rm", "a", "b", ""), ["container"]);
  assert.deepEqual(await kinds("network", "connect", ""), ["network"]);
  assert.deepEqual(await kinds("network", "connect", "n", ""), ["container"]);
  assert.deepEqual(await kinds("rename", "a", ""), []);
  assert.deepEqual(await kinds("rm", "--", "-"), ["container"]);
});

test("placeOf() reads alternatives, names with tags, and what is repeated", () => {
  assert.deepEqual(placeOf({ usage: "[OPTIONS] CONTAINER CONTAINER|host" }, 1), {
    kinds: ["container"],
    words: ["host"],
  });
  assert.deepEqual(placeOf({ usage: "[OPTIONS] NAME[:TAG|@DIGEST]" }, 0), { kinds: ["image"], words: [] });
  assert.deepEqual(placeOf({ usage: "[OPTIONS] NAME|ID [NAME|ID...]" }, 5), { kinds: ["object"], words: [] });
  assert.deepEqual(placeOf({ usage: "bash|zsh|fish" }, 0), { kinds: [], words: ["bash", "zsh", "fish"] });
  assert.deepEqual(placeOf({ usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]" }, 2), { kinds: [], words: [] });
});

test("every word that is offered for a flag is one that the flag takes", async () => {
  const context = { env: {}, cwd: "/", stderr: fakeSink(2) } as unknown as CommandContext; // all that a flag may ask
  const seen = new Set<string>();
  for (const entry of commandTable) {
    const loaded = await entry.load();
    for (const flag of loaded.flags) {
      if (flag.unsupported !== undefined || flag.value === undefined) continue;
      for (const word of valuesOf(flag, entry.words).words) {
        seen.add(`${flag.long}=${word}`);
        const bound = loaded.start(context).flags.find(({ long }) => long === flag.long);
        assert.doesNotThrow(() => bound?.take(word), `brig ${entry.words} --${flag.long} ${word}`);
      }
    }
  }
  assert.ok(seen.has("restart=unless-stopped") && seen.has("driver=macvlan") && seen.size > 30, [...seen].join(" "));
});
