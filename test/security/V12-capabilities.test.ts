// @regression V12 CVE-2022-24769, CVE-2022-29162, CVE-2022-27649, CVE-2022-27650
// @wrong Inheritable and ambient capabilities were not empty.
// @defence Both sets are empty for every process that is started, and users other than root start without any.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { joinWatchLayout } from "../support/joinWatch.ts";
import { imageRoot } from "../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../support/runningContainer.ts";

// CVE-2022-24769, CVE-2022-29162, CVE-2022-27649, CVE-2022-27650: inheritable and ambient capabilities are empty, for
// every way to start a process, and nobody but root starts with any.

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await joinWatchLayout()));
});

after(() => disposeRoot(root));

interface CapabilityLines {
  readonly inheritable: string;
  readonly permitted: string;
  readonly effective: string;
  readonly bounding: string;
  readonly ambient: string;
}

async function linesOf(args: readonly string[]): Promise<CapabilityLines> {
  const { code, stdout, stderr } = await runBrig(args, { root });
  assert.equal(code, 0, stderr);
  const line = (name: string) => new RegExp(`^Cap${name}:\\t([0-9a-f]{16})$`, "m").exec(stdout)?.[1] ?? stdout;
  const [inheritable, permitted, effective, bounding, ambient] = ["Inh", "Prm", "Eff", "Bnd", "Amb"].map(line);
  return { inheritable, permitted, effective, bounding, ambient } as CapabilityLines; // five names, five lines
}

const none = "0".repeat(16);
const ask = ["grep", "^Cap", "/proc/self/status"];
const settings = {
  default: [],
  add: ["--cap-add", "NET_ADMIN"],
  drop: ["--cap-drop", "ALL"],
  privileged: ["--privileged"],
} as const;
const limits = ["--network", "none", "--ulimit", "nofile=1024:1024"];

function assertSets(lines: CapabilityLines, uid: string, bounding: string, what: string): void {
  const own = uid === "0" ? bounding : none;
  assert.deepEqual(lines, { inheritable: none, permitted: own, effective: own, bounding, ambient: none }, what);
}

for (const [setting, flags] of Object.entries(settings)) {
  test(`V12: run and exec with ${setting} capabilities give the same sets to root, none to users, none to pass on`, async () => {
    await startRunning(root, { name: "box", image, flags });
    try {
      const { bounding } = await linesOf(["run", "--rm", ...limits, ...flags, image, ...ask]);
      for (const uid of ["0", "1000"]) {
        assertSets(
          await linesOf(["run", "--rm", "-u", uid, ...limits, ...flags, image, ...ask]),
          uid,
          bounding,
          `run ${uid}`,
        );
        assertSets(await linesOf(["exec", "-u", uid, "box", ...ask]), uid, bounding, `exec ${uid}`);
        const raised = await linesOf(["exec", "--privileged", "-u", uid, "box", ...ask]);
        assertSets(raised, uid, raised.bounding, `exec --privileged ${uid}`);
        assert.ok(BigInt(`0x${raised.bounding}`) > BigInt(`0x${none}`));
      }
      if (setting === "drop") assert.equal(bounding, none);
    } finally {
      await removeRunning(root, "box");
    }
  });
}
