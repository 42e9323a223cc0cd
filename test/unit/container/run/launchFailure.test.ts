import assert from "node:assert/strict";
import test from "node:test";
import { explainLaunchFailure } from "../../../../src/container/run/launchFailure.ts";
import { sampleRequest } from "../../launch/sampleRequest.ts";
import { sampleFacts } from "../spec/sampleFacts.ts";

const explained = (step: string, call: string, errno: string) =>
  explainLaunchFailure({
    failed: { kind: "failed", step, process: "host", call, args: "", errno },
    launch: sampleRequest({}),
    host: sampleFacts.host,
    paths: { upper: "/upper" },
  });

test("explainLaunchFailure() advises where the kernel's word alone would mislead", async () => {
  const cases: readonly (readonly [step: string, call: string, errno: string, hint: RegExp])[] = [
    ["cg.io.bfq.weight", "open", "ENOENT", /^BFQ of this kernel does not weigh groups/],
    ["lsm.apparmor", "write", "ENOENT", /no such profile any more/],
    ["lsm.selinux", "write", "EINVAL", /the policy knows no such label/],
    ["bind0.ids", "mount_setattr", "EINVAL", /takes no id map/],
    ["cwd.enter", "chdir", "EACCES", /check the working directory/],
  ];
  for (const [step, call, errno, hint] of cases) {
    const error = await explained(step, call, errno);
    assert.deepEqual([error.code, error.details.step], ["launchFailed", step]);
    assert.match(error.hint ?? "", hint, step);
  }
  assert.equal((await explained("root.overlay", "fsconfig", "ENOSPC")).code, "noSpace");
});
