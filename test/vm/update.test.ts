import assert from "node:assert/strict";
import { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { servedBusyboxRoot, timeoutMs } from "../support/busyboxRegistry.ts";
import { machineTest } from "../support/machine.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

after(() => disposeRoot(root));

const update = (...args: readonly string[]) => runBrig(["update", ...args, "box"], { root, timeoutMs });

/** Files of the running container's group, read inside. */
async function filesOf(...names: readonly string[]): Promise<readonly string[]> {
  const paths = names.map((name) => `/sys/fs/cgroup/${name}`);
  const { stdout } = await brigOk(["exec", "box", "cat", ...paths], { root, timeoutMs });
  return stdout.trim().split("\n");
}

/** With a container that runs, made with `flags`. */
async function withBox(flags: readonly string[], body: () => Promise<void>): Promise<void> {
  const command = ["run", "-d", "--name", "box", "--network", "none", ...flags, image, "sleep", "100000"];
  await brigOk(command, { root, timeoutMs });
  try {
    await body();
  } finally {
    await runBrig(["rm", "-f", "box"], { root, timeoutMs });
  }
}

async function updated(flags: readonly string[], files: Readonly<Record<string, string>>): Promise<void> {
  const { code, stderr } = await update(...flags);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await filesOf(...Object.keys(files)), Object.values(files), flags.join(" "));
}

machineTest("update raises and lowers the memory of a container that runs", { controllers: ["memory"] }, () =>
  withBox(["-m", "64m", "--memory-swap", "128m"], async () => {
    await updated(["-m", "96m"], { "memory.max": "100663296", "memory.swap.max": "33554432" });
    await updated(["-m", "32m", "--memory-swap", "48m"], { "memory.max": "33554432", "memory.swap.max": "16777216" });
    await updated(["--memory-reservation", "16m"], { "memory.low": "16777216", "memory.max": "33554432" });
    await brigOk(["restart", "-t", "0", "box"], { root, timeoutMs });
    assert.deepEqual(await filesOf("memory.max", "memory.low"), ["33554432", "16777216"]);
  }),
);

machineTest(
  "update refuses memory above the swap limit, and changes nothing",
  { controllers: ["memory", "pids"] },
  () =>
    withBox(["-m", "64m", "--memory-swap", "128m", "--pids-limit", "64"], async () => {
      const { code, stderr } = await update("-m", "256m", "--pids-limit", "32");
      assert.equal(code, 1);
      assert.match(stderr, /Memory limit should be smaller than already set memoryswap limit/);
      const files = await filesOf("memory.max", "memory.swap.max", "pids.max");
      assert.deepEqual(files, ["67108864", "67108864", "64"]);
      const { stdout } = await brigOk(["inspect", "-f", "{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}", "box"], {
        root,
      });
      assert.equal(stdout, "67108864 64\n");
    }),
);

machineTest("update raises and lowers the processors of a container that runs", { controllers: ["cpu"] }, () =>
  withBox(["--cpus", "0.5"], async () => {
    await updated(["--cpus", "0.75"], { "cpu.max": "75000 100000" });
    await updated(["--cpus", "0.25"], { "cpu.max": "25000 100000" });
    await updated(["--cpu-shares", "512"], { "cpu.weight": "59", "cpu.max": "25000 100000" });
  }),
);

machineTest("update raises and lowers the processes of a container that runs", { controllers: ["pids"] }, () =>
  withBox(["--pids-limit", "64"], async () => {
    await updated(["--pids-limit", "128"], { "pids.max": "128" });
    await updated(["--pids-limit", "16"], { "pids.max": "16" });
    await updated(["--pids-limit", "-1"], { "pids.max": "max" });
  }),
);
