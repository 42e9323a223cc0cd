// Roots of their own with one small image: busybox and nothing else.
import { copyFileSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runQuiet } from "../steps/command.mjs";
import { brigPath, buildDirectory } from "../steps/project.mjs";

export function makeRoot() {
  const directory = join(buildDirectory, "tmp", `endurance-${process.pid}`);
  const tree = join(directory, "tree");
  mkdirSync(join(tree, "bin"), { recursive: true });
  copyFileSync("/bin/busybox", join(tree, "bin/busybox"));
  symlinkSync("busybox", join(tree, "bin/true"));
  const archive = join(directory, "tree.tar");
  runQuiet("tar", ["-cf", archive, "-C", tree, "."]);
  const root = join(directory, "root");
  const runRoot = join(directory, "run");
  const command = [brigPath, "--root", root, "--run-root", runRoot];
  const env = { PATH: process.env.PATH, HOME: directory };
  runQuiet(command[0], [...command.slice(1), "import", archive, "endurance:1"], { env });
  return {
    directory,
    roots: [root, runRoot],
    command,
    env,
    image: "endurance:1",
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}
