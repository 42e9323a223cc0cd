import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { ContainerComparison } from "../../../src/container/index.ts";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  const sleeping = [image, "sleep", "1000"];
  const flags = ["--network", "none", "--ulimit", "nofile=512:1024"];
  await brigOk(["run", "-d", "--name", "plain", ...flags, ...sleeping], { root });
  const more = ["--cap-add", "sys_time", "--sysctl", "net.core.somaxconn=99", "--ulimit", "core=7", "-v", "/tmp:/more"];
  await brigOk(["run", "-d", "--name", "special", ...flags, ...more, "--userns", "host", ...sleeping], { root });
});

after(async () => {
  for (const name of ["plain", "special"]) await removeRunning(root, name);
  disposeRoot(root);
});

const compare = async (...args: readonly string[]) => {
  const { stdout } = await brigOk(["compare", "--format", "json", ...args], { root });
  return JSON.parse(stdout) as ContainerComparison;
};

/** The two sides of a row; undefined when it is not shown. */
function rowOf({ rows }: ContainerComparison, wanted: string): readonly (string | undefined)[] | undefined {
  const row = rows.find(({ section, name }) => `${section} ${name}` === wanted);
  return row === undefined ? undefined : [row.left, row.right];
}

test("compare shows what the flags of two containers made different, as the kernel tells it", async () => {
  const compared = await compare("plain", "special");
  assert.deepEqual([compared.left, compared.right], ["plain", "special"]);
  assert.deepEqual(rowOf(compared, "capabilities CAP_SYS_TIME"), [undefined, "effective permitted bounding"]);
  assert.equal(rowOf(compared, "capabilities CAP_CHOWN"), undefined);
  assert.equal(rowOf(compared, "sysctls net.core.somaxconn")?.[1], "99");
  assert.equal(rowOf(compared, "limits core file size")?.[1], "7");
  assert.equal(rowOf(compared, "limits open files"), undefined);
  assert.match(rowOf(compared, "mounts /more")?.[1] ?? "", /\/tmp/);
  assert.match(
    rowOf(compared, "process uid map (inside outside count)")?.join("|") ?? "",
    /^0 \d+ 65536\|0 0 4294967295$/,
  );
  assert.ok(compared.rows.every(({ same }) => !same));
  const all = await compare("--all", "plain", "special");
  assert.deepEqual(rowOf(all, "limits open files"), ["512 (hard 1024)", "512 (hard 1024)"]);
  assert.ok(all.rows.length > compared.rows.length);
});

test("compare with the host shows which namespaces are shared with it", async () => {
  const { stdout } = await brigOk(["container", "compare", "--all", "special", "host"], { root });
  assert.match(stdout, /^NAMESPACES +special +host\n/);
  assert.match(stdout, /^user +(\d+) +\1 \(the same\)$/m);
  assert.match(stdout, /^net +\d+ +\d+ \(another\)$/m);
  assert.match(stdout, /^MOUNTS +special +host$/m);
  const same = await brigOk(["compare", "plain", "plain"], { root });
  assert.equal(same.stdout, "plain and plain do not differ\n");
});

test("compare refuses what does not run", async () => {
  await brigOk(["create", "--name", "still", "--network", "none", image, "true"], { root });
  const refused = await runBrig(["compare", "still", "plain"], { root });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^brig: container [0-9a-f]{64} is not running\n/);
  assert.match((await runBrig(["compare", "plain", "nothing"], { root })).stderr, /No such container: nothing/);
  await brigOk(["rm", "still"], { root });
});
