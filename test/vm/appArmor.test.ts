import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { servedBusyboxRoot, timeoutMs } from "../support/busyboxRegistry.ts";
import { machineTest } from "../support/machine.ts";
import { eventually } from "../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

after(() => disposeRoot(root));

const appArmor = { controllers: [], module: "apparmor" } as const;
const own = "/proc/self/attr/apparmor/current";
/** As little as possible but AppArmor is in the way of a mount. */
const bare = ["--cap-add", "SYS_ADMIN", "--userns", "host", "--security-opt", "seccomp=unconfined"];
const mount = "busybox mkdir -p /tmp && busybox mount -t tmpfs none /tmp && echo mounted";

const run = (flags: readonly string[], script: string) =>
  runBrig(["run", "--rm", "--network", "none", ...flags, image, "sh", "-c", script], { root, timeoutMs });

const loads = async () => {
  const { stdout } = await brigOk(["plan", "run", "--network", "none", image], { root, timeoutMs });
  return stdout.includes("lsm.load");
};

const confinementOf = (pid: string) => readFileSync(`/proc/${pid}/attr/apparmor/current`, "utf8");

const parser = (input: string) =>
  execFileSync("/usr/sbin/apparmor_parser", ["--replace", "--skip-cache", "--quiet"], { input });

machineTest(
  "brig's AppArmor profile is loaded once, again when it was changed, and confines run, exec and probes",
  appArmor,
  async () => {
    assert.equal(await loads(), true);
    const flags = ["-d", "--init", "--name", "box", "--health-cmd", `cat ${own}`, "--health-interval", "1s"];
    await brigOk(["run", "--network", "none", ...flags, image, "sh", "-c", `cat ${own}; sleep 1000`], {
      root,
      timeoutMs,
    });
    try {
      assert.match(readFileSync("/sys/kernel/security/apparmor/profiles", "utf8"), /^brig-default \(enforce\)$/m);
      assert.equal(await loads(), false);
      const { stdout: inside } = await brigOk(["exec", "box", "cat", own], { root, timeoutMs });
      assert.equal(inside, "brig-default (enforce)\n");
      const { stdout: first } = await brigOk(["inspect", "-f", "{{.State.Pid}}", "box"], { root, timeoutMs });
      assert.equal(confinementOf(first.trim()), "brig-default (enforce)\n", "the init in front of the payload");
      const format = "{{.AppArmorProfile}} {{json .HostConfig.SecurityOpt}} {{(index .State.Health.Log 0).Output}}";
      const { stdout: inspected } = await eventually(() =>
        brigOk(["inspect", "-f", format, "box"], { root, timeoutMs }),
      );
      assert.equal(inspected, "brig-default null brig-default (enforce)\n\n");
      const { stdout: logged } = await brigOk(["logs", "box"], { root, timeoutMs });
      assert.equal(logged, "brig-default (enforce)\n");
      rmSync(join(root.runRoot, "apparmor-profile")); // as if another version of brig had loaded it
      assert.equal(await loads(), true);
    } finally {
      await runBrig(["rm", "-f", "box"], { root, timeoutMs });
    }
  },
);

machineTest(
  "AppArmor alone keeps a container from mounting; without the profile the mount is made",
  appArmor,
  async () => {
    const confined = await run(bare, mount);
    assert.match(confined.stderr, /mounting none on \/tmp failed: Permission denied/);
    const free = await run([...bare, "--security-opt", "apparmor=unconfined"], `${mount}; cat ${own}`);
    assert.equal(free.stdout, "mounted\nunconfined\n", free.stderr);
    const privileged = await run(["--privileged"], `cat ${own}`);
    assert.equal(privileged.stdout, "unconfined\n", privileged.stderr);
  },
);

machineTest(
  "another AppArmor profile confines a container when it is loaded, and is refused when it is not",
  appArmor,
  async () => {
    const flags = ["--security-opt", "apparmor=brig-test"];
    const early = await run(flags, "true");
    assert.equal(early.code, 125);
    assert.match(early.stderr, /cannot apply the AppArmor profile "brig-test": it is not loaded/);
    parser("profile brig-test flags=(attach_disconnected) { file, deny /etc/hosts r, }\n");
    const { stdout, stderr } = await run(flags, `cat ${own} /etc/hosts`);
    assert.equal(stdout, "brig-test (enforce)\n");
    assert.match(stderr, /\/etc\/hosts'?: Permission denied/);
  },
);

machineTest(
  "an init that AppArmor confines hands signals on, also with no new privileges and in the host's pid namespace, and starts what it may",
  appArmor,
  async () => {
    const strict = ["--init", "--security-opt", "profile=strict"];
    for (const flags of [["--init"], strict, [...strict, "--pid", "host", "--userns", "host"]]) {
      const script = `cat /proc/$PPID/comm /proc/$PPID/attr/apparmor/current; trap "exit 7" TERM; kill -TERM $PPID; sleep 100 & wait $!`;
      const { stdout, stderr, code } = await run(flags, script);
      assert.deepEqual([stdout, code], ["brig: init\nbrig-default (enforce)\n", 7], stderr);
    }
    parser("profile brig-test flags=(attach_disconnected) { file, network, deny /bin/busybox x, }\n");
    // Only what an init starts is started by somebody who is confined already.
    const refused = await run(["--init", "--security-opt", "apparmor=brig-test"], "echo started");
    assert.deepEqual([refused.stdout, refused.code], ["", 126], refused.stderr);
  },
);
