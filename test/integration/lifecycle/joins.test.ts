import assert from "node:assert/strict";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

const out = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();
const script = "for kind in net pid ipc; do readlink /proc/self/ns/$kind; done";
const namespaces = (name: string) => out("exec", name, "sh", "-c", script);

test("start joins the namespaces that the other container has now, not those of its earlier process", async () => {
  await startRunning(root, { name: "donor", image, flags: ["--ipc", "shareable"] });
  const joins = ["network", "pid", "ipc"].flatMap((kind) => [`--${kind}`, "container:donor"]);
  await brigOk(["run", "-d", "--name", "guest", "--ulimit", "nofile=1024:1024", ...joins, image, "sleep", "1000"], {
    root,
  });
  try {
    assert.equal(await namespaces("guest"), await namespaces("donor"));
    await brigOk(["stop", "-t", "0", "guest", "donor"], { root });
    const refused = await runBrig(["start", "guest"], { root });
    const sentence = "cannot join PID namespace of a non running container: container donor is exited";
    assert.equal(refused.code, 1);
    assert.ok(refused.stderr.includes(sentence), refused.stderr);
    assert.ok((await out("why", "guest")).includes(sentence));
    // What the donor lent is not there, and everything else is.
    await brigOk(["cp", "guest:/bin/busybox", join(root.directory, "busybox")], { root });
    await brigOk(["start", "donor", "guest"], { root });
    assert.equal(await namespaces("guest"), await namespaces("donor"));
    await brigOk(["exec", "donor", "touch", "/dev/shm/given"], { root });
    await brigOk(["exec", "guest", "test", "-e", "/dev/shm/given"], { root });
  } finally {
    await removeRunning(root, "guest", "donor");
  }
});
