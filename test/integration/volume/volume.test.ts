// @regression V45 CVE-2020-1726
// @wrong A volume with content was filled from the image again.
// @defence A volume is filled once, when it is new and empty, and its record says so.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeEvery } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(async () => {
  await removeEvery(root);
  disposeRoot(root);
});

const limits = ["--network", "none", "--ulimit", "nofile=1024:1024"];

async function out(...args: readonly string[]): Promise<string> {
  return (await brigOk(args, { root })).stdout.trimEnd();
}

const run = (flags: readonly string[], script: string) => out("run", ...limits, ...flags, image, "sh", "-c", script);
const volumes = (...flags: readonly string[]) => out("volume", "ls", "-q", ...flags);

test("a named volume outlives its containers and is not removed while one uses it", async () => {
  assert.equal(await out("volume", "create", "--label", "tier=db", "data"), "data");
  assert.equal(await out("volume", "create", "data"), "data");
  await run(["--rm", "-v", "data:/x"], "echo kept > /x/file");
  assert.equal(
    await run(["--name", "user", "-v", "data:/x:ro"], "cat /x/file; touch /x/no 2>/dev/null || echo ro"),
    "kept\nro",
  );
  const id = await out("inspect", "-f", "{{.Id}}", "user");
  const used = await runBrig(["volume", "rm", "data"], { root });
  assert.equal(used.code, 1);
  assert.ok(used.stderr.includes(`remove data: volume is in use - [${id}]`));
  await out("rm", "-v", "user");
  assert.equal(await volumes("-f", "dangling=true", "-f", "label=tier=db"), "data");
  assert.equal(await out("volume", "rm", "data"), "data");
  assert.deepEqual(readdirSync(join(root.root, "volumes")), []);
  assert.match((await runBrig(["volume", "rm", "data"], { root })).stderr, /get data: no such volume/);
});

test("anonymous volumes go with --rm and rm -v, stay with rm, and prune takes them", async () => {
  await run(["--rm", "-v", "/x"], "true");
  assert.equal(await volumes(), "");
  await run(["--name", "one", "-v", "/x"], "true");
  await out("rm", "-v", "one");
  assert.equal(await volumes(), "");
  await run(["--name", "two", "-v", "/x", "-v", "named:/y"], "echo 12345 > /x/file");
  await out("rm", "two");
  assert.equal((await volumes()).split("\n").length, 2);
  const pruned = await out("volume", "prune", "-f");
  assert.match(pruned, /^Deleted Volumes:\n[0-9a-f]{64}\n\nTotal reclaimed space: 6B$/);
  assert.equal(await volumes(), "named");
  assert.match(await out("volume", "prune", "-a", "-f"), /^Deleted Volumes:\nnamed\n/);
});

test("--volumes-from shares binds and volumes, read-only where it is asked for", async () => {
  const shared = join(root.directory, "shared");
  mkdirSync(shared, { mode: 0o777 });
  await run(
    ["--name", "source", "-v", "/anonymous", "-v", "common:/common", "-v", `${shared}:/bind`],
    "echo a > /anonymous/f",
  );
  assert.equal(
    await run(["--rm", "--volumes-from", "source"], "cat /anonymous/f; echo b > /common/f; ls -d /bind"),
    "a\n/bind",
  );
  assert.equal(
    await run(["--rm", "--volumes-from", "source:ro"], "cat /common/f; echo c > /common/f || echo no"),
    "b\nno",
  );
  assert.equal((await volumes()).split("\n").length, 2);
  await run(["--name", "heir", "--volumes-from", "source"], "true");
  await out("rm", "-v", "source");
  assert.equal((await volumes()).split("\n").length, 2);
  await out("rm", "-v", "heir");
  assert.equal(await volumes(), "common");
  await out("volume", "rm", "common");
  const bad = await runBrig(["run", "--rm", "--volumes-from", "gone", image], { root });
  assert.deepEqual([bad.code, /No such container: gone/.test(bad.stderr)], [125, true]);
});

test("a volume shows a directory of the host, a tmpfs or a device by the options of the local driver", async () => {
  const directory = join(root.directory, "shown");
  mkdirSync(directory);
  writeFileSync(join(directory, "file"), "from the host\n");
  await out("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", `device=${directory}`, "shown");
  assert.equal(await run(["--rm", "-v", "shown:/x"], "cat /x/file"), "from the host");
  await out("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=1m,mode=700", "memory");
  assert.match(await run(["--rm", "-v", "memory:/x"], "grep ' /x ' /proc/mounts"), /tmpfs .*size=1024k,mode=700/);
  const mount = `type=volume,src=made,dst=/x,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=${directory}`;
  assert.equal(await run(["--rm", "--mount", mount], "cat /x/file"), "from the host");
  assert.equal(await out("volume", "inspect", "-f", "{{.Options.device}}", "made"), directory);
  for (const [flags, message] of [
    [["-o", "foo=bar"], /invalid option: "foo"/],
    [["-o", "type=tmpfs"], /missing required option: "device"/],
    [["-o", "type=none", "-o", "device=/x"], /type none .* o=bind/],
    [["-d", "netapp"], /cannot use the volume driver "netapp"/],
  ] as const) {
    const { code, stderr } = await runBrig(["volume", "create", ...flags, "bad"], { root });
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
  for (const name of ["a", "../x", "x y", "-x"]) {
    assert.notEqual((await runBrig(["volume", "create", "--", name], { root })).code, 0);
  }
  const lower = ["lower", "upper"].map((name) => join(root.directory, name));
  for (const [index, path] of lower.entries()) {
    mkdirSync(path);
    writeFileSync(join(path, `file${index}`), `${index}\n`);
  }
  const layers = `o=lowerdir=${lower.join(":")}`;
  await out("volume", "create", "-o", "type=overlay", "-o", "device=overlay", "-o", layers, "layered");
  assert.equal(await run(["--rm", "-v", "layered:/x"], "cat /x/file0 /x/file1"), "0\n1");
  await out("volume", "rm", "shown", "memory", "made", "layered");
  assert.ok(existsSync(join(directory, "file")));
});

test("a part of a volume is looked for inside the volume, whatever links it holds", async () => {
  await run(["--rm", "-v", "parts:/x"], "mkdir -p /x/sub /x/etc; echo inside > /x/etc/hostname; ln -s /etc /x/link");
  const mount = (part: string) => `type=volume,src=parts,dst=/y,volume-subpath=${part}`;
  assert.equal(await run(["--rm", "--mount", mount("link")], "cat /y/hostname"), "inside");
  symlinkSync("../../../../../../../../etc", join(root.root, "volumes/parts/_data/climbs"));
  assert.equal(await run(["--rm", "--mount", mount("climbs")], "cat /y/hostname"), "inside");
  assert.notEqual(readFileSync("/etc/hostname", "utf8"), "inside\n");
  await out("volume", "rm", "parts");
});

test("a volume is filled once: what was changed and deleted in it stays so at every further start", async () => {
  const change = "test -e /bin/changed || { rm /bin/yes /bin/vi; echo mine | tee /bin/changed > /bin/vi; }";
  const see = "ls /bin/yes 2>/dev/null; head -c 9 /bin/vi";
  const script = `${change}; ${see}; test -e /bin/again || { touch /bin/again; exit 3; }`;
  await run(["--name", "once", "-d", "--restart", "on-failure", "-v", "filled:/bin"], script);
  await out("wait", "once");
  await out("start", "-a", "once");
  assert.equal(await out("logs", "once"), "mine\nmine\nmine");
  await out("rm", "once");
  assert.equal(await run(["--rm", "-v", "filled:/bin"], see), "mine");
  await out("volume", "rm", "filled");
});

test("a filling that was cut off begins anew, for the same container and for the next one", async () => {
  const half = (name: string) => writeFileSync(join(root.root, "volumes/cut/_data", name), "half");
  const create = () =>
    out(
      "create",
      "--name",
      "filler",
      ...limits,
      "-v",
      "cut:/bin",
      image,
      "sh",
      "-c",
      "ls /bin | grep -c -x -e yes -e vi -e half",
    );
  await create();
  half("yes");
  half("half");
  await out("rm", "filler");
  await create();
  half("vi");
  half("half");
  assert.equal(await out("start", "-a", "filler"), "2");
  assert.deepEqual(readdirSync(join(root.root, "volumes/cut")).sort(), ["_data", "volume.json"]);
  await out("rm", "filler");
  await out("volume", "rm", "cut");
  assert.deepEqual(
    readdirSync(join(root.root, "volumes")).filter((name) => name.startsWith(".")),
    [],
  );
});
