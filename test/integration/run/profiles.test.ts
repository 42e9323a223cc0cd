import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { joinWatchLayout } from "../../support/joinWatch.ts";
import { imageRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await joinWatchLayout()));
});

after(() => disposeRoot(root));

/** `brig run FLAGS IMAGE grep ... /proc/self/status`: what the kernel says of the payload. */
async function statusOf(flags: readonly string[]) {
  const pattern = "^(CapBnd|CapEff|NoNewPrivs|Seccomp):";
  const words = ["run", "--rm", "--network", "none", ...flags, image, "grep", "-E", pattern, "/proc/self/status"];
  const { code, stdout, stderr } = await runBrig(words, { root });
  assert.equal(code, 0, stderr);
  return Object.fromEntries(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/:\s+/)),
  );
}

/** Bits of capabilities(7): 0, 1, 3 to 8, 10, 18 and 31; and 13, 27 and 29 (NET_RAW, MKNOD, AUDIT_WRITE). */
const [eleven, fourteen] = ["00000000800405fb", "00000000a80425fb"];
const profiles = {
  default: { CapBnd: eleven, CapEff: eleven, NoNewPrivs: "0", Seccomp: "2" },
  docker: { CapBnd: fourteen, CapEff: fourteen, NoNewPrivs: "0", Seccomp: "2" },
  strict: { CapBnd: eleven, CapEff: eleven, NoNewPrivs: "1", Seccomp: "2" },
} as const;

for (const [name, expected] of Object.entries(profiles)) {
  test(`--security-opt profile=${name} gives the capabilities and privileges that the profile has`, async () => {
    assert.deepEqual(await statusOf(["--security-opt", `profile=${name}`]), expected);
  });
}

test("single options win over the profile", async () => {
  const flags = ["--security-opt", "profile=strict", "--security-opt", "no-new-privileges=false", "--cap-drop", "ALL"];
  const none = "0".repeat(16);
  assert.deepEqual(await statusOf(flags), { CapBnd: none, CapEff: none, NoNewPrivs: "0", Seccomp: "2" });
});

test("an AppArmor profile is refused where there is no AppArmor, and labels say nothing where there is no SELinux", async () => {
  const refused = await runBrig(["run", "--rm", "--security-opt", "apparmor=some", image, "true"], { root });
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /^brig: cannot apply the AppArmor profile "some": /m);
  const labels = ["--security-opt", "label=type:container_t", "-v", `${root.directory}:/shown:z`];
  assert.equal((await statusOf(labels))["Seccomp"], "2");
});
