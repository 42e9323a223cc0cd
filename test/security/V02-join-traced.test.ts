// @regression V02 CVE-2016-9962
// @wrong A container traced the process that joined it, or opened its descriptors, before it had given up its
//   privileges.
// @rule R6
// @defence What joins cannot be dumped or traced and carries no descriptor of the host.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { joinWatchLayout, watchWhile } from "../support/joinWatch.ts";
import { imageRoot } from "../support/pulledRoot.ts";

// CVE-2016-9962: what joins a container must never be in the hands of a process of that container while it is still the
// engine's. The watchers have all that a container may be given for it: the same user, and CAP_SYS_PTRACE.

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await joinWatchLayout()));
});

after(() => disposeRoot(root));

const joins = 100;

/** Ten at a time: enough to keep the watchers busy, few enough for each to be seen. */
async function joinOften(words: readonly string[]): Promise<void> {
  for (let batch = 0; batch < joins / 10; batch += 1) {
    const results = await Promise.all(Array.from({ length: 10 }, () => runBrig(words, { root })));
    for (const { code, stderr } of results) assert.deepEqual([code, stderr], [0, ""]);
  }
}

/** Whom the watcher meets depends on who else has work: it watches until it has met more than `least`, eight times at most. */
async function watchUntilSeen(
  { flags, least }: { readonly flags: readonly string[]; readonly least: number },
  act: () => Promise<void>,
): Promise<void> {
  let met = 0;
  for (let tries = 0; tries < 8 && met <= least; tries += 1) {
    const { seen, traced, opened, executables } = await watchWhile({ root, image, name: "watched", flags }, act);
    assert.deepEqual({ traced, opened, executables }, { traced: 0, opened: 0, executables: 0 });
    met += seen;
  }
  assert.ok(met > least, `the watcher met only ${met}`);
}

for (const [what, flags, execFlags] of [
  ["root with CAP_SYS_PTRACE", ["--cap-add", "SYS_PTRACE"], []],
  ["a user, while others join as root", ["-u", "app"], ["-u", "0"]],
] as const) {
  test(`V02: ${what} neither traces nor opens anything of what joins the container`, async () => {
    await watchUntilSeen({ flags, least: 10 }, () => joinOften(["exec", ...execFlags, "watched", "true"]));
  });
}

test("V02: CAP_SYS_PTRACE in a shared user and pid namespace reaches nothing of a container that is being built there", async () => {
  const flags = ["--cap-add", "SYS_PTRACE"];
  const shared = ["pid", "userns"].flatMap((kind) => [`--${kind}`, "container:watched"]);
  const words = ["run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024", ...shared, image, "true"];
  await watchUntilSeen({ flags, least: 5 }, async () => {
    for (let run = 0; run < 15; run += 1) assert.equal((await runBrig(words, { root })).stderr, "");
  });
});
