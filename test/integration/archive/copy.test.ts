import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let outside: string;
const running = "up";
const stopped = "down";

const fill = `
  mkdir -p /w/d/e && echo file > /w/f && ln /w/f /w/d/linked && ln -s /w/f /w/absolute && ln -s ../f /w/d/relative
  ln -s /w/d /w/to-directory && mkfifo /w/d/pipe && echo deep > /w/d/e/deep
  dd if=/dev/zero of=/w/sparse bs=1 count=1 seek=50000000 2>/dev/null
  chown 1000:1000 /w/d/e && chmod 4750 /w/d/e/deep && touch -d @1500000000 /w/d/e/deep
  mkdir -p /run /var && ln -s /run /var/run && echo here > /run/state
  echo volume > /vol/inside`;

before(async () => {
  const made = await busyboxRoot();
  root = made.root;
  outside = join(root.directory, "outside");
  mkdirSync(outside);
  const { image } = made;
  for (const name of [running, stopped]) {
    const flags = ["-v", `v-${name}:/vol`];
    const command = ["sh", "-c", `${fill}\nexec sleep 100000`];
    await startRunning(root, { name, image, flags, command });
    for (let tries = 0; tries < 1000; tries += 1) {
      const { code } = await runBrig(["exec", name, "test", "-s", "/vol/inside"], { root });
      if (code === 0) break;
    }
  }
  await brigOk(["stop", "-t", "0", stopped], { root });
});

after(async () => {
  await removeRunning(root, running, stopped);
  disposeRoot(root);
});

let count = 0;
function fresh(): string {
  count += 1;
  const path = join(outside, String(count));
  mkdirSync(path);
  return path;
}

const copy = (...args: readonly string[]) => brigOk(["cp", ...args], { root });

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await runBrig(["cp", ...args], { root });
  assert.equal(code, 1, stderr);
  return stderr.split("\n")[0] ?? "";
}

for (const name of [running, stopped]) {
  test(`a tree of a container that is ${name} arrives as it is`, async () => {
    const to = fresh();
    const { stderr } = await copy(`${name}:/w`, to);
    assert.equal(stderr, `Successfully copied 50MB to ${to}\n`);
    const top = join(to, "w");
    assert.equal(readFileSync(join(top, "f"), "utf8"), "file\n");
    assert.equal(statSync(join(top, "f")).ino, statSync(join(top, "d/linked")).ino);
    assert.equal(readlinkSync(join(top, "absolute")), "/w/f");
    assert.equal(readlinkSync(join(top, "d/relative")), "../f");
    assert.ok(lstatSync(join(top, "d/pipe")).isFIFO());
    const deep = statSync(join(top, "d/e/deep"));
    assert.deepEqual([deep.mode & 0o7777, deep.mtimeMs, deep.uid], [0o4750, 1_500_000_000_000, 0]);
    const sparse = statSync(join(top, "sparse"));
    assert.deepEqual([sparse.size, sparse.blocks < 100], [50_000_001, true]);
  });

  test(`absolute links, volumes and links to directories lead where they do inside (${name})`, async () => {
    const to = fresh();
    await copy("-q", `${name}:/var/run/state`, to);
    await copy("-q", `${name}:/vol/inside`, to);
    await copy("-q", `${name}:/w/to-directory/e/deep`, to);
    assert.deepEqual(readdirSync(to).sort(), ["deep", "inside", "state"]);
    writeFileSync(join(to, "new"), "new\n");
    await copy("-q", join(to, "new"), `${name}:/var/run/`);
    await copy("-q", join(to, "new"), `${name}:/vol/new`);
    await copy("-q", join(to, "new"), `${name}:/w/absolute`);
    await copy("-q", `${name}:/run/new`, join(to, "again"));
    assert.equal(readFileSync(join(to, "again"), "utf8"), "new\n");
    await copy("-q", `${name}:/w/f`, join(to, "target"));
    assert.equal(readFileSync(join(to, "target"), "utf8"), "new\n");
    await copy("-q", `${name}:/w/absolute`, join(to, "link"));
    assert.equal(readlinkSync(join(to, "link")), "/w/f");
    await copy("-q", "-L", `${name}:/w/absolute`, join(to, "followed"));
    assert.equal(readFileSync(join(to, "followed"), "utf8"), "new\n");
    await copy("-q", `${name}:/w/d/linked`, `${to}/`);
    writeFileSync(join(to, "old"), "file\n");
    await copy("-q", join(to, "old"), `${name}:/w/f`);
  });

  test(`a tree into a container that is ${name} and out again is the same`, async () => {
    const from = fresh();
    mkdirSync(join(from, "t/sub"), { recursive: true });
    writeFileSync(join(from, "t/sub/file"), "x".repeat(100_000));
    symlinkSync("/nowhere", join(from, "t/link"));
    execFileSync("setfattr", ["-n", "user.note", "-v", "kept", join(from, "t/sub/file")]);
    execFileSync("chown", ["1000:1001", join(from, "t/sub/file")]);
    const inside = `${name}:/into`;
    await copy("-q", join(from, "t"), inside);
    await copy("-q", `${join(from, "t")}/.`, inside);
    const back = join(fresh(), "back");
    await copy("-q", "-a", inside, back);
    const listing = (path: string) =>
      execFileSync("find", [".", "-printf", "%P %y %m %U %G %s %t %l\\n"], { cwd: path, encoding: "utf8" })
        .split("\n")
        .sort();
    const files = (path: string) => listing(path).filter((line) => !line.startsWith(" d"));
    assert.deepEqual(files(back), files(join(from, "t")));
    const attribute = execFileSync("getfattr", ["--only-values", "-n", "user.note", join(back, "sub/file")], {
      encoding: "utf8",
    });
    assert.equal(attribute, "kept");
  });

  test(`tar archives go through stdin and stdout (${name})`, async () => {
    const { stdoutBytes } = await copy(`${name}:/w/d/e`, "-");
    const listed = execFileSync("tar", ["-tf", "-"], { input: stdoutBytes, encoding: "utf8" });
    assert.deepEqual(listed.trim().split("\n"), ["e/", "e/deep"]);
    await brigOk(["cp", "-", `${name}:/tmp`], { root, stdin: stdoutBytes });
    const to = fresh();
    await copy("-q", `${name}:/tmp/e/.`, to);
    assert.deepEqual(readdirSync(to), ["deep"]);
    const refused = await runBrig(["cp", "-", `${name}:/w/f`], { root, stdin: stdoutBytes });
    assert.match(refused.stderr, new RegExp(`^brig: destination "${name}:/w/f" must be a directory\n`));
    const torn = await runBrig(["cp", "-", `${name}:/tmp`], { root, stdin: stdoutBytes.subarray(0, 700) });
    assert.equal(torn.code, 1);
  });

  test(`what cannot be is refused with Docker's words (${name})`, async () => {
    const here = fresh();
    const file = join(here, "file");
    writeFileSync(file, "x");
    mkdirSync(join(here, "dir"));
    assert.equal(await refusal(`${name}:/none`, here), `brig: Could not find the file /none in container ${name}`);
    assert.equal(await refusal(file, `${name}:/none/x`), `brig: Could not find the file /none in container ${name}`);
    assert.equal(await refusal(`${name}:/w/d`, file), "brig: cannot copy directory");
    assert.equal(await refusal(join(here, "dir"), `${name}:/w/f`), "brig: cannot copy directory");
    assert.equal(await refusal(file, `${name}:/new/`), "brig: no such directory");
    assert.equal(await refusal(`${name}:/w/f`, join(here, "new/")), "brig: no such directory");
    mkdirSync(join(here, "f"));
    assert.match(await refusal(`${name}:/w/f`, here), /cannot overwrite directory "\/f" with non-directory/);
    writeFileSync(join(here, "d"), "x");
    assert.match(await refusal(`${name}:/w/d`, here), /cannot overwrite non-directory "\/d" with directory/);
  });
}

test("the kernel's file systems are not copied", async () => {
  const to = fresh();
  await copy("-q", `${running}:/proc`, to);
  assert.deepEqual(readdirSync(join(to, "proc")), []);
});

test("the words of the command line are checked before anything is opened", async () => {
  assert.equal(await refusal("a", "b"), "brig: must specify at least one container source");
  assert.equal(await refusal("a:b", "c:d"), "brig: copying between containers is not supported");
  assert.equal(await refusal("", "c:d"), "brig: source can not be empty");
  assert.match(await refusal("nosuch:/a", outside), /No such container: nosuch/);
});

test("a fresh container takes and gives files before it was ever started", async () => {
  const image = (await brigOk(["ps", "--format", "{{.Image}}"], { root })).stdout.trim().split("\n")[0] ?? "";
  await brigOk(
    ["create", "--name", "made", "--network", "none", "--ulimit", "nofile=1024:1024", image, "cat", "/given"],
    { root },
  );
  const here = fresh();
  writeFileSync(join(here, "given"), "given\n");
  await copy("-q", join(here, "given"), "made:/");
  await copy("-q", "made:/etc/passwd", join(here, "passwd"));
  assert.match(readFileSync(join(here, "passwd"), "utf8"), /^root:/);
  assert.equal((await brigOk(["diff", "made"], { root })).stdout, "A /given\n");
  await removeRunning(root, "made");
});

test("a container waits to be started until a copy into it has ended", async () => {
  const image = (await brigOk(["inspect", "-f", "{{.Config.Image}}", stopped], { root })).stdout.trim();
  await brigOk(["create", "--name", "held", "--network", "none", image, "cat", "/late"], { root });
  try {
    writeFileSync(join(outside, "late"), "whole\n");
    const tar = execFileSync("tar", ["-C", outside, "-c", "late"]);
    const copy = new BrigProcess(["cp", "-", "held:/"], root);
    copy.child.stdin.write(tar.subarray(0, 512));
    const lock = join(
      root.root,
      "containers",
      (await brigOk(["ps", "-aqf", "name=held", "--no-trunc"], { root })).stdout.trim(),
      "lock",
    );
    while (!isLocked(lock)) await brigOk(["ps", "-q"], { root });
    const start = new BrigProcess(["start", "-a", "held"], root);
    for (let turn = 0; turn < 5; turn += 1) await brigOk(["ps", "-q"], { root }); // long enough for a start
    assert.equal(start.stdout + start.stderr, "");
    copy.child.stdin.end(tar.subarray(512));
    assert.equal(await copy.ended, 0, copy.stderr);
    assert.equal(await start.ended, 0, start.stderr);
    assert.equal(start.stdout, "whole\n");
  } finally {
    await removeRunning(root, "held");
  }
});

/** Whether some process holds a lock on the file (proc_locks(5)). */
function isLocked(path: string): boolean {
  const inode = existsSync(path) ? statSync(path).ino : 0;
  return readFileSync("/proc/locks", "utf8")
    .split("\n")
    .some((line) => line.includes(`:${inode} `));
}
