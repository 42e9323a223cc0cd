import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { Terminal } from "../../support/terminal.ts";

let root: TestRoot;
let image: string;
let directory: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  await brigOk(["create", "--name", "webserver", "--network", "none", image, "true"], { root });
  await brigOk(["volume", "create", "keepsafe"], { root });
  // `brig` on the PATH, with the roots of the test.
  directory = join(root.home, "bin");
  mkdirSync(directory);
  const own = brigCommand(root, []).map((word) => `'${word}'`);
  writeFileSync(join(directory, "brig"), `#!/bin/sh\nexec ${own.join(" ")} "$@"\n`, { mode: 0o755 });
  writeFileSync(join(root.home, "archive.tar"), "");
});

after(async () => {
  await brigOk(["rm", "webserver"], { root });
  disposeRoot(root);
});

interface ShellCase {
  readonly argv: readonly string[];
  /** Said one after another at the prompt, before anything is completed. */
  readonly setUp: readonly string[];
}

const shells: Readonly<Record<"bash" | "zsh" | "fish", ShellCase>> = {
  bash: { argv: ["bash", "--norc", "--noprofile", "-i"], setUp: ["PS1='> '", "source <(brig completion bash)"] },
  zsh: {
    argv: ["zsh", "-f", "-i"],
    setUp: ["PS1='> '", "autoload -Uz compinit && compinit -D", "source <(brig completion zsh)"],
  },
  fish: {
    argv: ["fish", "--no-config"],
    setUp: [
      "set -g fish_autosuggestion_enabled 0; function fish_prompt; echo '> '; end",
      "brig completion fish | source",
    ],
  },
};

/** What is typed before the tab, and the line that it becomes. */
const lines = (): readonly (readonly [string, string])[] => [
  ["brig complet", "brig completion"],
  ["brig start web", "brig start webserver"],
  ["brig run --name x -v keep", "brig run --name x -v keepsafe"],
  ["brig run --pull=al", "brig run --pull=always"],
  ["brig run --pull mis", "brig run --pull missing"],
  [`brig rmi ${image.slice(0, -3)}`, `brig rmi ${image}:latest`],
  ["brig load -i arch", "brig load -i archive.tar"],
  ["brig network insp", "brig network inspect"],
];

for (const [name, { argv, setUp }] of Object.entries(shells)) {
  test(`${name} completes verbs, flags, their values, names and files`, async () => {
    const env = brigEnvironment(root);
    // tmux gives its panes a PATH of its own.
    const path = `PATH=${directory}:${env["PATH"]}`;
    const terminal = await Terminal.open({
      argv: ["/bin/sh", "-c", `cd ${root.home} && exec env ${path} ${argv.join(" ")}`],
      env,
      directory: root.home,
      columns: 160,
      rows: 50,
    });
    try {
      for (const words of [...setUp, "echo rea''dy"]) await terminal.type(words, "Enter");
      await terminal.waitFor(/^ready$/m);
      for (const [typed, wanted] of lines()) {
        await terminal.type(typed, "Tab");
        const pattern = new RegExp(`^> ${wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\S*\\s*$`, "m");
        await terminal.waitFor(pattern);
        await terminal.type("", "C-u");
        await terminal.waitFor(/^>\s*$/m);
      }
    } finally {
      await terminal.close();
    }
  });
}

test("brig __complete is quick, says nothing of what it cannot look up, and knows the states of containers", async () => {
  const complete = async (...words: readonly string[]) =>
    (await brigOk(["__complete", "--", ...words], { root })).stdout.split("\n").map((line) => line.split("\t")[0]);
  assert.deepEqual(await complete("start", ""), ["webserver", ""]);
  assert.deepEqual(await complete("stop", ""), [""]);
  assert.deepEqual(await complete("compare", "webserver", "h"), ["host", ""]);
  assert.deepEqual(await complete("cp", "web"), ["webserver:", ":nospace", ":files", ""]);
  assert.deepEqual(await complete("--root", join(root.home, "nowhere"), "start", ""), [""]);
  assert.ok((await complete("inspect", "")).includes("keepsafe"));
});

test("an unknown shell is refused, and the hidden command is in no help", async () => {
  const { code, stderr } = await runBrig(["completion", "tcsh"], { root });
  assert.equal(code, 1);
  assert.match(stderr, /there is no completion for "tcsh"/);
  assert.doesNotMatch((await brigOk(["--help"], { root })).stdout, /__complete/);
});
