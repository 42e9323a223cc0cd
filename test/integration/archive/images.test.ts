import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { multiLayerLayout } from "../../support/fixtures.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let outside: string;
let image: string;

const change = `
  rm /data/kept/one-link && rm -r /data/opaque && mkdir /data/opaque && echo new > /data/opaque/new
  rm -r /data/becomes-directory && echo file > /data/becomes-directory
  mkdir -p /added/deep && echo x > /added/deep/x && ln /added/deep/x /added/again && chmod 700 /added
  echo more >> /data/replaced && chown 5:6 /root && ln -s /added /to-added && mv /data/kept /data/moved
  echo done > /ready`;

async function changed(name: string): Promise<void> {
  const command = ["sh", "-c", `${change}\nexec sleep 100000`];
  await startRunning(root, { name, image, command });
  for (let tries = 0; tries < 1000; tries += 1) {
    if ((await runBrig(["exec", name, "test", "-s", "/ready"], { root })).code === 0) return;
  }
}

before(async () => {
  ({ root, image } = await imageRoot(await multiLayerLayout()));
  outside = join(root.directory, "outside");
  mkdirSync(outside);
  await changed("box");
});

after(async () => {
  await removeRunning(root, "box");
  disposeRoot(root);
});

const expected = [
  "A /added",
  "A /added/again",
  "A /added/deep",
  "A /added/deep/x",
  "A /data/moved",
  "A /data/moved/one",
  "A /ready",
  "A /to-added",
  "C /data",
  "C /data/becomes-directory",
  "C /data/opaque",
  "A /data/opaque/new",
  "C /data/replaced",
  "C /root",
  "D /data/kept",
];

test("diff tells what came, changed and went, and nothing that brig made", async () => {
  const { stdout } = await brigOk(["diff", "box"], { root });
  assert.deepEqual(stdout.trim().split("\n").sort(), [...expected].sort());
  assert.deepEqual(
    stdout.split("\n").map((line) => line.slice(2)),
    stdout
      .split("\n")
      .map((line) => line.slice(2))
      .sort((a, b) => (a === "" ? 1 : b === "" ? -1 : a < b ? -1 : 1)),
  );
});

/** What a container of an image sees, without what is mounted and what differs by time. */
async function listing(ref: string): Promise<string> {
  const find =
    "find / -xdev -not -path '/proc*' -not -path '/sys*' -not -path '/dev*' | sort | xargs stat -c '%n %F %a %u %g %h %s' | grep -v ' directory ' ; cat /data/replaced /added/deep/x";
  return (
    await brigOk(["run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024", ref, "sh", "-c", find], { root })
  ).stdout;
}

test("an image that commit made unpacks to what the container had, here and with umoci", async () => {
  const flags = ["-m", "why", "-a", "who", "-c", 'CMD ["cat","/added/deep/x"]', "--change", "ENV A=b"];
  const { stdout } = await brigOk(["commit", ...flags, "box", "made:1"], { root });
  assert.match(stdout, /^sha256:[0-9a-f]{64}\n$/);
  assert.equal(
    (await brigOk(["run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024", "made:1"], { root })).stdout,
    "x\n",
  );
  const layout = `${root.root}/images:docker.io/library/made:1`;
  const config = JSON.parse(execFileSync("skopeo", ["inspect", "--config", `oci:${layout}`], { encoding: "utf8" }));
  assert.deepEqual([config.author, config.config.Cmd], ["who", ["cat", "/added/deep/x"]]);
  assert.ok(config.config.Env.includes("A=b"));
  assert.equal(config.history.at(-1).comment, "why");
  assert.equal(
    config.history.length - config.history.filter((one: { empty_layer?: boolean }) => one.empty_layer).length,
    4,
  );
  const bundle = join(outside, "bundle");
  execFileSync("umoci", ["unpack", "--image", layout, bundle], { stdio: "ignore" });
  const rootfs = join(bundle, "rootfs");
  assert.deepEqual(readdirSync(join(rootfs, "data")).sort(), [
    "absolute-symlink",
    "becomes-directory",
    "moved",
    "opaque",
    "replaced",
    "setuid",
    "symlink",
  ]);
  assert.deepEqual(readdirSync(join(rootfs, "data/opaque")), ["new"]);
  assert.equal(readFileSync(join(rootfs, "data/becomes-directory"), "utf8"), "file\n");
  assert.equal(statSync(join(rootfs, "added/again")).ino, statSync(join(rootfs, "added/deep/x")).ino);
  assert.deepEqual([statSync(join(rootfs, "root")).uid, statSync(join(rootfs, "root")).gid], [5, 6]);
  const archive = join(outside, "box.tar");
  await brigOk(["export", "-o", archive, "box"], { root });
  await brigOk(["import", archive, "flat:1"], { root });
  assert.equal(await listing("made:1"), await listing("flat:1"));
});

test("copies into other stores keep the image that commit made", async () => {
  const other = join(outside, "copy");
  execFileSync("skopeo", [
    "--insecure-policy",
    "copy",
    "-q",
    `oci:${root.root}/images:docker.io/library/made:1`,
    `dir:${other}`,
  ]);
  assert.ok(readdirSync(other).length >= 6);
});

test("export of a container that is stopped is the same as while it ran", async () => {
  const names = async (): Promise<readonly string[]> => {
    const { stdoutBytes } = await brigOk(["export", "box"], { root });
    return execFileSync("tar", ["-tvf", "-"], { input: stdoutBytes, encoding: "utf8" }).split("\n").sort();
  };
  const while_ = await names();
  await brigOk(["stop", "-t", "0", "box"], { root });
  assert.deepEqual(await names(), while_);
  const { stdout } = await brigOk(["diff", "box"], { root });
  assert.deepEqual(stdout.trim().split("\n").sort(), [...expected].sort());
});

test("import takes files, stdin and web addresses, compressed or not, and instructions", async () => {
  const directory = join(outside, "fs");
  mkdirSync(join(directory, "bin"), { recursive: true });
  execFileSync("cp", ["/bin/busybox", join(directory, "bin/cat")]);
  writeFileSync(join(directory, "word"), "imported\n");
  const tar = execFileSync("tar", ["-C", directory, "-cf", "-", "."], { maxBuffer: 1 << 26 });
  const flags = ["-c", 'ENTRYPOINT ["/bin/cat"]', "-c", 'CMD ["/word"]', "-m", "note"];
  const server = createServer((_, response) => response.end(gzipSync(tar)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    writeFileSync(join(outside, "fs.tar.gz"), gzipSync(tar));
    const sources: readonly (readonly [string, Buffer?])[] = [
      [join(outside, "fs.tar.gz")],
      ["-", tar],
      [`http://127.0.0.1:${port}/fs.tar.gz`],
    ];
    for (const [source, stdin] of sources) {
      await brigOk(["import", ...flags, source, "word:1"], { root, ...(stdin === undefined ? {} : { stdin }) });
      const run = ["run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024", "word:1"];
      assert.equal((await brigOk(run, { root })).stdout, "imported\n");
    }
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  const nameless = (await brigOk(["import", "--platform", "linux/arm64", "-"], { root, stdin: tar })).stdout.trim();
  const architecture = await brigOk(["image", "inspect", "--format", "{{.Architecture}}", nameless], { root });
  assert.equal(architecture.stdout, "arm64\n");
});

test("what is no archive, or no image, is refused and leaves no blob", async () => {
  const blobs = () =>
    readdirSync(join(root.root, "images/blobs/sha256")).length + readdirSync(join(root.root, "images/partial")).length;
  const before_ = blobs();
  const cases: readonly (readonly [readonly string[], RegExp, string])[] = [
    [["import", "-"], /header block is damaged/, "no archive at all ".repeat(100)],
    [["import", "-c", "RUN x", "-"], /RUN is not a valid change command/, ""],
    [["import", "-", "Upper"], /repository name must be lowercase/, ""],
    [["import", join(outside, "nosuch")], /cannot read ".*nosuch": no such file/, ""],
    [["commit", "nosuch"], /No such container: nosuch/, ""],
    [["commit", "box", "Upper"], /repository name must be lowercase/, ""],
    [["export", "-o", join(outside, "no/such"), "box"], /cannot write ".*no\/such"/, ""],
    [["diff", "nosuch"], /No such container: nosuch/, ""],
  ];
  for (const [args, pattern, stdin] of cases) {
    const { code, stderr } = await runBrig(args, { root, stdin });
    assert.equal(code, 1, args.join(" "));
    assert.match(stderr, pattern);
  }
  assert.equal(blobs(), before_);
});

test("a commit that is killed lets its container go on", async () => {
  const command = ["sh", "-c", "head -c 60000000 /dev/urandom > /big; echo done > /ready; exec sleep 100000"];
  await startRunning(root, { name: "big", image, command });
  const status = async () => (await brigOk(["inspect", "-f", "{{.State.Status}}", "big"], { root })).stdout.trim();
  try {
    for (let tries = 0; tries < 1000; tries += 1) {
      if ((await runBrig(["exec", "big", "test", "-s", "/ready"], { root })).code === 0) break;
    }
    const commit = new BrigProcess(["commit", "big", "never"], root);
    await eventually(status, (now) => now === "paused");
    commit.dispose();
    assert.equal(await commit.ended, 137);
    await eventually(status, (now) => now === "running");
    assert.equal((await runBrig(["exec", "big", "true"], { root })).code, 0);
  } finally {
    await removeRunning(root, "big");
  }
});
