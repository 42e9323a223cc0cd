import assert from "node:assert/strict";
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;
/** On disk: `mine` of 1000:1001, `theirs` of 7:7, in a directory of 1000:1001. */
let shared: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  shared = join(root.directory, "shared");
  mkdirSync(shared);
  for (const [name, uid, gid] of [
    ["mine", 1000, 1001],
    ["theirs", 7, 7],
  ] as const) {
    writeFileSync(join(shared, name), name);
    chownSync(join(shared, name), uid, gid);
  }
  chownSync(shared, 1000, 1001);
});

after(() => disposeRoot(root));

const limits = ["--rm", "--network", "none", "--ulimit", "nofile=1024:1024"];
const run = (flags: readonly string[], script: string) =>
  runBrig(["run", ...limits, ...flags, image, "sh", "-c", script], { root });
const owner = (name: string) => {
  const { uid, gid } = statSync(join(shared, name));
  return `${uid}:${gid}`;
};

for (const userns of ["auto", "host"]) {
  test(`idmap= shows the files of a host user as root's, and makes root's his, with --userns=${userns}`, async () => {
    const flags = ["--userns", userns, "-v", `${shared}:/data:idmap=0:1000:1;0:1001:1`];
    const name = `made-${userns}`;
    const script = `stat -c '%n %u:%g' /data /data/mine /data/theirs; echo x > /data/${name}; stat -c %u /data/${name};
      echo x 2>/dev/null >> /data/theirs || echo no; chown 5 /data/${name} 2>/dev/null || echo no`;
    const { stdout, stderr } = await run(flags, script);
    assert.equal(stdout, "/data 0:0\n/data/mine 0:0\n/data/theirs 65534:65534\n0\nno\nno\n", stderr);
    assert.deepEqual([owner(name), owner("mine"), owner("theirs")], ["1000:1001", "1000:1001", "7:7"]);
    assert.equal(readFileSync(join(shared, "theirs"), "utf8"), "theirs");
    const denied = await run([...flags, "--user", "5:5"], `echo x > /data/denied-${userns}`);
    assert.notEqual(denied.code, 0);
    assert.ok(!existsSync(join(shared, `denied-${userns}`)));
  });
}

test("idmap= goes with ro, with several ranges, and with --mount", async () => {
  const readOnly = await run(
    ["-v", `${shared}:/data:ro,idmap=0:1000+42:7;0:1001+43:7`],
    "stat -c %u:%g /data/mine /data/theirs; touch /data/no 2>/dev/null || echo ro",
  );
  assert.equal(readOnly.stdout, "0:0\n42:43\nro\n", readOnly.stderr);
  const mount = await run(
    ["--mount", `type=bind,src=${shared},dst=/data,idmap=0:1000:2`],
    "stat -c %u:%g /data/mine; touch /data/mounted",
  );
  assert.equal(mount.stdout, "0:1\n", mount.stderr);
  assert.equal(owner("mounted"), "1000:1000");
});

test("idmap= stays with a container: inspect, cp while it is stopped, start again, --volumes-from", async () => {
  const flags = limits.slice(1);
  const word = `${shared}:/data:idmap=0:1000:1;0:1001:1`;
  await brigOk(["create", "--name", "kept", ...flags, "-v", word, image, "touch", "/data/started"], { root });
  try {
    const binds = await brigOk(["inspect", "-f", "{{json .HostConfig.Binds}}", "kept"], { root });
    assert.deepEqual(JSON.parse(binds.stdout), [word]);
    const source = join(root.directory, "source");
    writeFileSync(source, "copied");
    await brigOk(["cp", source, "kept:/data/copied"], { root });
    assert.equal(owner("copied"), "1000:1001");
    assert.equal(readFileSync(join(shared, "copied"), "utf8"), "copied");
    await brigOk(["start", "-a", "kept"], { root });
    assert.equal(owner("started"), "1000:1001");
    const heir = await run(["--volumes-from", "kept"], "stat -c %u:%g /data/mine");
    assert.equal(heir.stdout, "0:0\n", heir.stderr);
  } finally {
    await brigOk(["rm", "-f", "kept"], { root });
  }
});

test("idmap= is refused before anything is made", async () => {
  const missing = join(root.directory, "missing");
  const cases: readonly (readonly [source: string, map: string, sentence: RegExp])[] = [
    [missing, "0:1000+0:1001", /cannot map the ids of a mount by "0:1000\+0:1001": two ranges overlap/],
    [missing, "70000:1000", /cannot map to the id 70000: the container's ids end at 65535/],
    ["/sys/kernel", "0:1000", /cannot map the ids of the files in "\/sys\/kernel": sysfs takes no id map/],
  ];
  for (const [source, map, sentence] of cases) {
    const { code, stderr } = await run(["-v", `${source}:/data:idmap=${map}`], "true");
    assert.equal(code, 125, map);
    assert.match(stderr, sentence);
  }
  assert.ok(!existsSync(missing));
});
