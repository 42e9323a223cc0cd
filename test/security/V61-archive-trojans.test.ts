// @regression V61 CVE-2019-14271, CVE-2026-41567
// @wrong A program of the host that worked in a container's root loaded libraries or programs from there.
// @rule R8
// @defence The helper is static, looks up no names and starts nothing.
// @regression V64 files that change while they are read
// @wrong Archives of a running container came out damaged.
// @defence What was promised in a header is written: cut or filled up.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { runTool } from "../support/programs.ts";
import { projectRoot } from "../support/projectPaths.ts";
import { removeRunning, startRunning } from "../support/runningContainer.ts";

// An image that puts its own libraries and programs wherever a host's tool might look for them once it works inside
// the container's root (CVE-2019-14271, CVE-2026-41567). None of them may ever be loaded.

let root: TestRoot;
let outside: string;

const libraries = ["files", "dns", "compat", "systemd"].map((name) => `lib/x86_64-linux-gnu/libnss_${name}.so.2`);
const programs = ["xz", "unxz", "unpigz", "pigz", "gzip", "zstd", "tar", "bsdtar", "ldconfig", "node", "brig-helper"];

before(async () => {
  root = createRoot();
  outside = join(root.directory, "outside");
  const fs = join(root.directory, "fs");
  const put = (path: string, from: string) => {
    mkdirSync(dirname(join(fs, path)), { recursive: true });
    copyFileSync(from, join(fs, path));
    execFileSync("chmod", ["755", join(fs, path)]);
  };
  const text = (path: string, content: string) => {
    mkdirSync(dirname(join(fs, path)), { recursive: true });
    writeFileSync(join(fs, path), content, { mode: 0o755 });
  };
  mkdirSync(outside);
  const library = join(root.directory, "trojan.so");
  await runTool("gcc", ["-shared", "-fPIC", "-O1", "-o", library, join(projectRoot, "test/native/trojan.c")]);
  put("bin/busybox", "/bin/busybox");
  put("bin/sh", "/bin/busybox");
  put("bin/sleep", "/bin/busybox");
  for (const path of [...libraries, "lib/libc.so.6", "usr/lib/gconv/TROJAN.so", "trojan.so"]) put(path, library);
  for (const name of programs) text(`usr/bin/${name}`, "#!/bin/sh\n: > /marker\n");
  text("etc/ld.so.preload", "/trojan.so\n");
  text("etc/nsswitch.conf", "passwd: files dns systemd\ngroup: files\nhosts: files dns\n");
  text("usr/lib/gconv/gconv-modules", "module UTF-8// INTERNAL TROJAN 1\n");
  text("etc/passwd", "root:x:0:0::/:/bin/sh\n");
  const archive = join(root.directory, "fs.tar");
  await runTool("tar", ["-C", fs, "-cf", archive, "."]);
  await brigOk(["import", archive, "trojan:1"], { root });
  await startRunning(root, { name: "trojan", image: "trojan:1" });
});

after(async () => {
  await removeRunning(root, "trojan");
  disposeRoot(root);
});

test("V61: nothing of a container is loaded or executed by what works in its root", async () => {
  for (const state of ["running", "stopped"]) {
    if (state === "stopped") await brigOk(["stop", "-t", "0", "trojan"], { root });
    const file = join(outside, `file-${state}`);
    writeFileSync(file, "x");
    await brigOk(["cp", file, "trojan:/"], { root });
    await brigOk(["cp", "trojan:/etc/passwd", join(outside, "passwd")], { root });
    await brigOk(["cp", "-", "trojan:/etc"], {
      root,
      stdin: execFileSync("tar", ["-C", outside, "-cf", "-", "passwd"]),
    });
    await brigOk(["export", "-o", join(outside, "all.tar"), "trojan"], { root });
    await brigOk(["commit", "trojan", "made:1"], { root });
    const { stdout } = await brigOk(["diff", "trojan"], { root });
    assert.ok(!stdout.includes("/marker"), stdout);
    assert.equal(existsSync("/marker"), false);
  }
});

test("V64: a file that grows and shrinks while it is copied leaves the archive whole", async () => {
  const command = [
    "sh",
    "-c",
    "while :; do echo 'more and more and more' >> /live; done & while :; do : > /live; done",
  ];
  await startRunning(root, { name: "live", image: "trojan:1", command });
  try {
    for (let n = 0; n < 10; n += 1) {
      const archive = join(outside, "live.tar");
      await brigOk(["export", "-o", archive, "live"], { root });
      const { size } = statSync(archive);
      assert.equal(size % 512, 0);
      const listed = execFileSync("tar", ["-tf", archive], { encoding: "utf8" });
      assert.ok(listed.split("\n").includes("live"));
      const { code } = await runBrig(["cp", "live:/live", join(outside, "live")], { root });
      assert.equal(code, 0);
      const content = readFileSync(join(outside, "live"), "latin1");
      assert.match(content.slice(0, 1000), /^[more and\n\0]*$/);
      rmSync(join(outside, "live"));
    }
  } finally {
    await removeRunning(root, "live");
  }
});
