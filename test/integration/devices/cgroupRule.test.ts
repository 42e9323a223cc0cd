import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { monitorOf } from "../../support/monitors.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeEvery, startRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image = "";

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(async () => {
  await removeEvery(root);
  disposeRoot(root);
});

/** Major 42 is set aside for examples (the kernel's devices.txt): no driver has it, so that an open that may be made finds none. */
const attempt = "mknod /dev/example c 42 7 && cat /dev/example";

async function tryDevice(...rules: readonly string[]) {
  const flags = rules.flatMap((rule) => ["--device-cgroup-rule", rule]);
  const own = ["--rm", "--network", "none", "--userns", "host", "--cap-add", "MKNOD"];
  return runBrig(["run", ...own, ...flags, image, "sh", "-c", attempt], { root });
}

describe("--device-cgroup-rule", () => {
  it("lets a device pass that the filter refuses without it", async () => {
    assert.match((await tryDevice()).stderr, /mknod: .*Operation not permitted/);
    assert.match((await tryDevice("c 42:* rmw")).stderr, /cat: .*No such device or address/);
    assert.match((await tryDevice("a *:* rwm")).stderr, /cat: .*No such device or address/);
  });

  it("grants the access that it names and no other, for the numbers that it names and no other", async () => {
    assert.match((await tryDevice("c 42:7 m")).stderr, /cat: .*Operation not permitted/);
    assert.match((await tryDevice("c 42:8 rwm", "b 42:* rwm")).stderr, /mknod: .*Operation not permitted/);
    assert.match((await tryDevice("c 42:7 m", "c 42:* r")).stderr, /cat: .*No such device or address/);
  });

  it("is shown by inspect and stays over a restart", async () => {
    const rule = ["--device-cgroup-rule", "c 42:* rmw", "--device-cgroup-rule", "b 7:0 r"];
    const own = ["--name", "ruled", "--network", "none", "--userns", "host", "--cap-add", "MKNOD"];
    await brigOk(["create", ...own, ...rule, image, "sh", "-c", attempt], { root });
    const format = "{{json .HostConfig.DeviceCgroupRules}}";
    const { stdout } = await brigOk(["inspect", "--format", format, "ruled"], { root });
    assert.deepEqual(JSON.parse(stdout), ["c 42:* rmw", "b 7:0 r"]);
    for (const _ of ["first start", "second start"]) {
      assert.match((await runBrig(["start", "-a", "ruled"], { root })).stderr, /cat: .*No such device or address/);
    }
  });

  it("is in force without the container's monitor, for whoever comes in, and after an update", async () => {
    const flags = ["--userns", "host", "--cap-add", "MKNOD", "--device-cgroup-rule", "c 42:7 m"];
    const id = await startRunning(root, { name: "kept", image, flags });
    const answers = async () => {
      const script = "mknod /dev/a c 42 7 && rm /dev/a && echo made; mknod /dev/b c 42 8";
      const { stdout, stderr } = await runBrig(["exec", "kept", "sh", "-c", script], { root });
      assert.equal(stdout, "made\n");
      assert.match(stderr, /^mknod: \/dev\/b: Operation not permitted$/m);
    };
    await answers();
    process.kill(monitorOf(root, id), "SIGKILL");
    await answers();
    await brigOk(["update", "--restart", "on-failure:1", "kept"], { root });
    await answers();
  });

  it("refuses a malformed rule before the image is asked for", async () => {
    for (const text of [
      "",
      "c 42 rwm",
      "c 42:* x",
      "d 1:1 r",
      "c 42:*  rwm",
      "c 4096:0 r",
      "c 1:1048576 r",
      "c *:* rwmr",
    ]) {
      for (const verb of ["run", "create"]) {
        const refused = await runBrig([verb, "--device-cgroup-rule", text, "127.0.0.1:1/missing"], { root });
        assert.equal(refused.code, 125);
        assert.ok(refused.stderr.includes(`invalid device cgroup format '${text}'`), refused.stderr);
        assert.equal(refused.stdout, "");
      }
    }
  });
});
