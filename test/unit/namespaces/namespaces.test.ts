import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type NamespaceRequest, parseNamespaceMode, planNamespaces } from "../../../src/namespaces/index.ts";

function kinds(request: NamespaceRequest): string {
  return planNamespaces(request)
    .namespaces.map((namespace) => namespace.type)
    .join(" ");
}

describe("planNamespaces()", () => {
  it("gives a container seven namespaces of its own", () => {
    assert.equal(kinds({}), "user mount pid network uts ipc cgroup");
    assert.deepEqual(planNamespaces({}).notices, []);
    assert.equal(kinds({ network: "none", ipc: "private", uts: "", cgroupns: "private", userns: "auto" }), kinds({}));
  });

  it("leaves out what is shared with the host", () => {
    assert.equal(kinds({ uts: "host", cgroupns: "host" }), "user mount pid network ipc");
    assert.equal(kinds({ userns: "host" }), "mount pid network uts ipc cgroup");
    assert.deepEqual(planNamespaces({ userns: "host" }).notices, []);
  });

  const shared: readonly (readonly [option: string, request: NamespaceRequest])[] = [
    ["--privileged", { privileged: true }],
    ["--network=host", { network: "host" }],
    ["--pid=host", { pid: "host" }],
    ["--ipc=host", { ipc: "host" }],
    ["--network=container:web", { network: "container:web" }],
    ["--pid=container:web", { pid: "container:web" }],
    ["--ipc=container:web", { ipc: "container:web" }],
    ["--ipc=shareable", { ipc: "shareable" }],
    [
      "the volume /x",
      { hostUsernsReasons: [{ option: "the volume /x", why: "its file system has no idmapped mounts" }] },
    ],
  ];
  for (const [option, request] of shared) {
    it(`uses the host's user namespace for ${option} and says why`, () => {
      const plan = planNamespaces(request);
      assert.equal(plan.userns, "host");
      assert.ok(!plan.namespaces.some((namespace) => namespace.type === "user"));
      assert.equal(plan.notices.length, 1);
      assert.ok(plan.notices[0]?.startsWith(`${option} brings the host's user namespace: `), plan.notices[0]);
      assert.deepEqual(planNamespaces({ ...request, userns: "host" }).notices, []);
    });

    it(`refuses ${option} together with an explicit --userns=auto`, () => {
      assert.throws(() => planNamespaces({ ...request, userns: "auto" }), { code: "usage" });
    });
  }

  it("gives joins of other containers as values of their own", () => {
    const plan = planNamespaces({ network: "container:web", pid: "container:0123abc" });
    assert.deepEqual(plan.joins, [
      { type: "pid", container: "0123abc" },
      { type: "network", container: "web" },
    ]);
    assert.equal(plan.namespaces.map(({ type }) => type).join(" "), "mount uts ipc cgroup");
  });

  it("joins the user namespace of another container, and with it others of those that live there", () => {
    const request = { userns: "container:web", network: "container:web", pid: "container:other" };
    const plan = planNamespaces({ ...request, neighbours: new Set(["web", "other"]) });
    assert.equal(plan.userns, "own");
    assert.deepEqual(plan.notices, []);
    assert.deepEqual(plan.joins, [
      { type: "user", container: "web" },
      { type: "pid", container: "other" },
      { type: "network", container: "web" },
    ]);
    assert.equal(plan.namespaces.map(({ type }) => type).join(" "), "mount uts ipc cgroup");
    assert.throws(() => planNamespaces({ ...request, neighbours: new Set(["web"]) }), {
      code: "usage",
      message: /--userns=container:web and --pid=container:other/,
    });
    assert.throws(() => planNamespaces({ userns: "container:web", network: "host" }), { code: "usage" });
  });
});

describe("parseNamespaceMode()", () => {
  it("refuses other words with Docker's sentence", () => {
    assert.throws(() => parseNamespaceMode("pid", "hosts"), { message: '--pid: invalid PID mode: "hosts"' });
    assert.throws(() => parseNamespaceMode("uts", "container:web"), {
      message: '--uts: invalid UTS mode: "container:web"',
    });
    assert.throws(() => parseNamespaceMode("cgroupns", "x"), { message: '--cgroupns: invalid CGROUP mode: "x"' });
    for (const name of ["", "../x", "a b", "-x", "a\n", "a".repeat(300)]) {
      assert.throws(() => parseNamespaceMode("ipc", `container:${name}`), { code: "invalidValue" }, name);
      assert.throws(() => parseNamespaceMode("network", `container:${name}`), { code: "invalidValue" }, name);
    }
  });

  it("takes any other word after --network as a network with a namespace of its own", () => {
    assert.deepEqual(parseNamespaceMode("network", "backend"), { kind: "own" });
  });
});
