import assert from "node:assert/strict";
import test from "node:test";
import { compileExec } from "../../../src/launch/compileExec.ts";
import { compilePlan } from "../../../src/launch/index.ts";
import { sampleRequest, sampleSpec } from "./sampleRequest.ts";

const label = "system_u:system_r:container_t:s0:c1,c2";
const mountLabel = "system_u:object_r:container_file_t:s0:c1,c2";
const confined = sampleRequest(
  {
    appArmorLoad: { parser: "/usr/sbin/apparmor_parser", text: "profile brig-default {}\n" },
    relabels: [{ label: mountLabel, paths: ["/state/hosts", "/srv"] }],
  },
  {
    process: { ...sampleSpec.process, apparmorProfile: "brig-default", selinuxLabel: label },
    linux: { ...sampleSpec.linux, mountLabel },
  },
);
const own = [
  ["lsm.apparmor", "/proc/thread-self/attr/apparmor/exec", "exec brig-default"],
  ["lsm.selinux", "/proc/thread-self/attr/exec", label],
  ["lsm.keys", "/proc/thread-self/attr/keycreate", label],
];
const settingsOf = (steps: ReturnType<typeof compilePlan>["steps"]) =>
  steps
    .filter(({ id, phase }) => phase === "child" && id.startsWith("lsm."))
    .map(({ id, fields }) => [id, fields["file"], fields["value"]]);

test("compilePlan() has the payload confine itself while it sees the host's /proc, and not before the profile is there", () => {
  const { steps } = compilePlan(confined);
  assert.deepEqual(settingsOf(steps), own);
  const at = (id: string) => steps.findIndex((step) => step.id === id);
  assert.equal(at("lsm.load") >= 0 && at("lsm.load") < at("clone"), true);
  assert.ok(at("lsm.keys") < at("root.attach") && at("lsm.relabel.0") < at("clone"));
  assert.deepEqual(steps[at("lsm.relabel.0")]?.fields["argv"], [
    ...["chcon", "-R", "-P", "-h", "--preserve-root", "--", mountLabel],
    ...["/state/hosts", "/srv"],
  ]);
});

test("compilePlan() confines an init with the payload, as the last thing before it is executed and in any filter's way", () => {
  for (const noNewPrivileges of [false, true]) {
    const { spec } = confined;
    const process = { ...spec.process, noNewPrivileges };
    const { steps } = compilePlan({
      ...confined,
      init: true,
      seccompProgram: "0000000000000000",
      spec: { ...spec, process },
    });
    assert.deepEqual(settingsOf(steps), [own[2]], "what takes effect at execve(2) is no use to it");
    const late = steps.filter(({ id, phase }) => phase === "init" && id.startsWith("lsm."));
    assert.deepEqual(
      late.map(({ op, fields }) => [op, fields["file"], fields["value"]]),
      [
        ["sysctl", "self/attr/apparmor/current", "changeprofile brig-default"],
        ["sysctl", "self/attr/current", label],
      ],
    );
    const ids = steps.filter(({ phase }) => phase === "init").map(({ id }) => id);
    const after = ids.slice(ids.indexOf("lsm.selinux") + 1);
    assert.deepEqual(after, noNewPrivileges ? ["priv.seccomp", "exec"] : ["exec"]);
  }
});

test("compilePlan() labels every new file system that takes a label", () => {
  const { steps } = compilePlan(confined);
  const labelled = steps.filter(({ fields }) => [fields["option"] ?? []].flat().includes(`context=${mountLabel}`));
  const types = new Set(labelled.map(({ op, fields }) => fields["type"] ?? op));
  assert.deepEqual(types, new Set(["overlay", "tmpfs", "devpts", "mask"]));
});

test("compilePlan() says nothing of security modules where there are none, or where a container is unconfined", () => {
  for (const process of [sampleSpec.process, { ...sampleSpec.process, apparmorProfile: "unconfined" }]) {
    const { steps } = compilePlan(sampleRequest({}, { process }));
    assert.deepEqual(
      steps.filter(({ id }) => id.startsWith("lsm.")),
      [],
    );
  }
});

test("compileExec() confines what joins as the container's own process is, before it joins", () => {
  const { steps } = compileExec({
    spec: confined.spec,
    target: { pid: 7, startTime: 8 },
    executables: ["/bin/sh"],
    stdin: false,
    detached: false,
    monitor: {},
    detachKeys: "",
    notices: [],
  });
  assert.deepEqual(settingsOf(steps), own);
  const ids = steps.map(({ id }) => id);
  assert.ok(ids.indexOf("lsm.keys") < ids.indexOf("join.namespaces"));
});
