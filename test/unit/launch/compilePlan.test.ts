import assert from "node:assert/strict";
import { test } from "node:test";
import { compilePlan, formatPlan, type LaunchPlan } from "../../../src/launch/index.ts";
import type { SpecMount } from "../../../src/oci/index.ts";
import { compareGolden } from "../../support/golden.ts";
import { inEnglish } from "../../support/planLanguage.ts";
import { sampleRequest, sampleSpec } from "./sampleRequest.ts";

function positions(plan: LaunchPlan, ...ids: readonly string[]): number[] {
  return ids.map((id) => {
    const at = plan.steps.findIndex((step) => step.id === id);
    assert.notEqual(at, -1, `the plan has no step ${id}`);
    return at;
  });
}

function assertOrder(plan: LaunchPlan, ...ids: readonly string[]): void {
  const found = positions(plan, ...ids);
  assert.deepEqual(
    found,
    [...found].sort((a, b) => a - b),
    `${ids.join(" < ")} in the plan`,
  );
}

test("compilePlan() compiles the sample to the plan on file", () => {
  compareGolden("plans/sample.txt", formatPlan(compilePlan(sampleRequest()), inEnglish));
});

test("compilePlan() gives every step a reason and a phase that never goes back", () => {
  const order = ["monitor", "host", "child", "init"];
  const { steps } = compilePlan(sampleRequest());
  const phases = steps.map(({ phase }) => order.indexOf(phase));
  assert.deepEqual(
    phases,
    [...phases].sort((a, b) => a - b),
  );
  for (const step of steps) assert.ok(step.why.length > 5, `${step.id} has no reason`);
});

test("compilePlan() limits the group before the child is born in it and maps ids before layers are mapped to them", () => {
  assertOrder(
    compilePlan(sampleRequest()),
    "cg.group",
    "cg.pids.max",
    "cg.memory.max",
    "clone",
    "user.map",
    "layer0.set",
    "layer.0.stage",
    "root.overlay",
    "root.hand",
  );
});

test("compilePlan() fills a new volume before it covers the image's directory", () => {
  assertOrder(compilePlan(sampleRequest()), "bind0.fill", "mnt./data", "root.pivot");
});

test("compilePlan() makes no user namespace and maps nothing when the spec shares the host's", () => {
  const linux = { ...sampleSpec.linux, namespaces: [{ type: "mount" as const }, { type: "pid" as const }] };
  const { steps } = compilePlan(sampleRequest({}, { linux }));
  const text = JSON.stringify(steps);
  assert.ok(!text.includes("CLONE_NEWUSER") && !text.includes("MOUNT_ATTR_IDMAP"));
  assert.ok(!steps.some(({ op }) => ["mapIds", "becomeRoot", "loopbackUp", "hostName", "unshare"].includes(op)));
});

const seccompProgram = "0000000000000000";

test("compilePlan() filters system calls before capabilities go, and last of all with no_new_privs", () => {
  assertOrder(
    compilePlan(sampleRequest({ seccompProgram })),
    "priv.bounding",
    "priv.seccomp",
    "priv.identity",
    "priv.capabilities",
    "exec",
  );
  const process = { ...sampleSpec.process, noNewPrivileges: true };
  assertOrder(
    compilePlan(sampleRequest({ seccompProgram }, { process })),
    "priv.nonew",
    "priv.identity",
    "priv.capabilities",
    "priv.seccomp",
    "exec",
  );
});

test("compilePlan() opens a terminal only for a process that wants one, after its devpts is there", () => {
  assert.ok(!compilePlan(sampleRequest()).steps.some(({ op }) => op === "terminal"));
  const process = { ...sampleSpec.process, terminal: true, consoleSize: { height: 24, width: 80 } };
  const plan = compilePlan(sampleRequest({}, { process }));
  assertOrder(plan, "mnt./dev/pts", "tty.open", "io.streams");
});

test("compilePlan() refuses symbolic links where the kernel's file systems go", () => {
  const { steps } = compilePlan(sampleRequest());
  for (const step of steps.filter(
    ({ fields }) => /^\/(proc|sys|dev)/.test(String(fields["target"])) && fields["to"] === undefined,
  )) {
    assert.equal(step.fields["nosymlinks"], 1, step.id);
  }
});

test("compilePlan() makes everything inside a joined user namespace, by a second process that is born in it", () => {
  const target = { pid: 4711, startTime: 99, running: "/run/brig/containers/x/running.json" };
  const joins = (["user", "pid", "ipc"] as const).map((type) => ({ type, ...target }));
  const paths = joins.map(({ type }) => ({ type, path: `/proc/4711/ns/${type}` }));
  const linux = {
    ...sampleSpec.linux,
    namespaces: [...paths, { type: "mount" as const }, { type: "cgroup" as const }],
  };
  const plan = compilePlan(sampleRequest({ joins }, { linux }));
  assertOrder(plan, "join.untraced", "join.target", "clone", "join.namespaces", "user.root", "user.heir", "user.await");
  assertOrder(plan, "user.await", "root.attach");
  const fields = (id: string) => plan.steps.find((step) => step.id === id)?.fields;
  assert.deepEqual(fields("join.target"), { as: "target0", running: target.running, userns: 1 });
  assert.deepEqual(fields("clone"), { flag: [], heir: 1 });
  assert.deepEqual(fields("join.namespaces")?.["flag"], ["CLONE_NEWUSER", "CLONE_NEWPID", "CLONE_NEWIPC"]);
  assert.deepEqual(fields("user.heir")?.["flag"], ["CLONE_NEWNS", "CLONE_NEWCGROUP"]);
  assert.ok(!plan.steps.some(({ op }) => op === "mapIds" || op === "unshare"));
});

test("compilePlan() joins the user namespace before others, and a pid namespace alone before the child is made", () => {
  const joins = [
    { type: "network" as const, pid: 7, startTime: 1 },
    { type: "user" as const, pid: 8, startTime: 2 },
  ];
  const linux = {
    ...sampleSpec.linux,
    namespaces: joins.map(({ type, pid }) => ({ type, path: `/proc/${pid}/ns/${type}` })),
  };
  const both = compilePlan(sampleRequest({ joins }, { linux }));
  const order = both.steps.filter(({ id }) => id === "join.namespaces").map(({ fields }) => fields["flag"]);
  assert.deepEqual(order, [["CLONE_NEWUSER"], ["CLONE_NEWNET"]]);
  const pid = compilePlan(sampleRequest({ joins: [{ type: "pid", pid: 7, startTime: 1 }] }));
  assertOrder(pid, "join.untraced", "join.target", "join.pid", "clone", "user.await");
  const target = pid.steps.find(({ id }) => id === "join.target");
  assert.deepEqual(target?.fields, { as: "target0", pid: 7, started: 1 });
  assert.ok(!pid.steps.some(({ op }) => op === "heir"));
});

test("compilePlan() gives the payload's pipes to its user, as the host knows it", () => {
  const owner = (plan: LaunchPlan) => plan.steps[0]?.fields["owner"];
  assert.equal(owner(compilePlan(sampleRequest())), 536870912 + 1000);
  const { uidMappings: _, ...rest } = sampleSpec.linux;
  const linux = { ...rest, namespaces: [{ type: "mount" as const }] };
  assert.equal(owner(compilePlan(sampleRequest({}, { linux }))), 1000);
});

test("compilePlan() maps the ids of a mount by a namespace of their own, which equal maps share", () => {
  const map = { uidMappings: [{ containerID: 1000, hostID: 536870912, size: 1 }] };
  const mapped = {
    ...map,
    gidMappings: map.uidMappings,
    type: "bind",
    source: "/src",
    options: ["rbind", "ro", "ridmap"],
  };
  const mounts: readonly SpecMount[] = [
    ...sampleSpec.mounts,
    { ...mapped, destination: "/one" },
    { ...mapped, destination: "/two", gidMappings: [{ containerID: 7, hostID: 536870913, size: 2 }] },
    { ...mapped, destination: "/three" },
  ];
  const plan = compilePlan(sampleRequest({}, { mounts }));
  const told = plan.steps.filter(({ id, fields }) => /^ids\d/.test(id) || fields["ids"] !== undefined);
  compareGolden("plans/idmap.txt", formatPlan({ ...plan, steps: told }, inEnglish));
  assertOrder(plan, "user.map", "ids0.map", "bind2.set", "root.overlay");
  const { uidMappings: _, gidMappings: __, ...linux } = sampleSpec.linux;
  const host = { ...linux, namespaces: linux.namespaces.filter(({ type }) => type !== "user") };
  const { steps } = compilePlan(sampleRequest({}, { mounts, linux: host }));
  const idmapped = steps.filter(({ fields }) => [fields["set"] ?? []].flat().includes("MOUNT_ATTR_IDMAP"));
  assert.deepEqual(
    idmapped.map(({ fields }) => [fields["tree"], fields["ids"]]),
    [
      ["bind2", "ids0"],
      ["bind3", "ids1"],
      ["bind4", "ids0"],
    ],
  );
});
