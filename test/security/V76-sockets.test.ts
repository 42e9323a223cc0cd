// @regression V76 CVE-2020-15257
// @wrong An abstract socket of the engine was reachable from containers in the host's network.
// @rule R10
// @defence Sockets are files in directories that root alone may enter; none is abstract.
// @regression V92 plans on disk
// @wrong What a privileged helper is to do lay in a file that somebody could change between check and use.
// @rule R10
// @defence The plan goes to the helper through an inherited descriptor; its command line names no file.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, type TestRoot } from "../support/brig.ts";
import { importHostile } from "../support/hostileImage.ts";
import { monitorOf } from "../support/monitors.ts";

let root: TestRoot;
let id: string;

before(async () => {
  root = createRoot();
  await importHostile(root, { name: "box" });
  const flags = ["--name", "net", "--network", "host", "--ulimit", "nofile=1024:1024"];
  id = (await brigOk(["run", "-d", ...flags, "box", "sleep", "100000"], { root })).stdout.trim();
});
after(async () => {
  await brigOk(["rm", "-f", "net"], { root });
  disposeRoot(root);
});

test("V76: a container in the host's network sees no abstract socket of what stays with it", async () => {
  const { stdout } = await brigOk(["exec", "net", "cat", "/proc/net/unix"], { root });
  const held = execFileSync("ls", ["-l", `/proc/${monitorOf(root, id)}/fd`], { encoding: "utf8" });
  const inodes = [...held.matchAll(/socket:\[(\d+)\]/g)].map(([, inode = ""]) => inode);
  assert.ok(inodes.length > 0, "the monitor has sockets");
  const own = stdout.split("\n").filter((line) => inodes.includes(line.trim().split(/\s+/)[6] ?? ""));
  for (const line of own) assert.doesNotMatch(line, / @/);
  assert.ok(
    own.some((line) => line.includes("/")),
    `its socket has a path:\n${stdout}`,
  );
});

test("V76: nobody but root comes near a socket or a file below either root", () => {
  for (const directory of [root.root, root.runRoot]) assert.equal(statSync(directory).mode & 0o077, 0, directory);
  const found = readdirSync(root.runRoot, { recursive: true, encoding: "utf8" }).map((name) =>
    join(root.runRoot, name),
  );
  const sockets = found.filter((path) => statSync(path, { throwIfNoEntry: false })?.isSocket());
  assert.ok(sockets.length > 0);
  for (const path of sockets) assert.equal(statSync(path).mode & 0o777, 0o600, path);
  chmodSync(dirname(root.root), 0o755); // what is above is not what keeps them away
  for (const path of [root.root, root.runRoot, ...sockets]) {
    const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--", "ls", `${path}/.`];
    assert.notEqual(spawnSync("setpriv", nobody).status, 0, path);
  }
});

test("V92: what stays with a container was told what to do by descriptor, and its words name no file", () => {
  const words = readFileSync(`/proc/${monitorOf(root, id)}/cmdline`, "utf8")
    .split("\0")
    .slice(1);
  for (const word of words) assert.doesNotMatch(word, /\/(?:tmp|run|var|root)\//);
  const files = readdirSync(root.runRoot, { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    files.filter((name) => /plan/.test(name) || holdsPlan(join(root.runRoot, name))),
    [],
  );
});

/** Whether a file has the name of an operation that every plan begins with. */
function holdsPlan(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).includes("privateMounts");
}
