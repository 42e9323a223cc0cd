import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fillDefaults } from "../../../../src/container/fillDefaults.ts";
import { blame } from "../../../../src/container/posture/blame.ts";
import { refusedCalls } from "../../../../src/container/posture/callTable.ts";
import { postureFacts } from "../../../../src/container/posture/containerPosture.ts";
import { judge, type PostureFact, rowOf } from "../../../../src/container/posture/fact.ts";
import type { PostureSightings } from "../../../../src/container/posture/sightings.ts";
import type { RunOptions } from "../../../../src/container/runOptions.ts";
import { syscallNumbers } from "../../../../src/launch/seccomp/syscallTables.ts";
import { defaultSightings } from "../../../support/posture.ts";

const looserOf = (change: Partial<PostureSightings>): readonly string[] =>
  postureFacts({ ...defaultSightings(), ...change })
    .filter((fact) => judge(fact) === "looser")
    .map(({ section, name }) => `${section}: ${name}`);

function factNamed(name: string, change: Partial<PostureSightings>): PostureFact {
  const found = postureFacts({ ...defaultSightings(), ...change }).find((fact) => fact.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

const flagsOf = (fact: PostureFact, options: Partial<RunOptions>) =>
  blame(fact, fillDefaults({ image: "i", ...options }));

describe("judge()", () => {
  it("calls more grants looser, fewer stricter, and others looser", () => {
    const verdict = (docker: readonly string[], here: readonly string[]) => judge({ docker, here });
    assert.equal(verdict([], []), "equal");
    assert.equal(verdict(["a", "b"], ["b", "a"]), "equal");
    assert.equal(verdict(["a", "b"], ["a"]), "stricter");
    assert.equal(verdict(["a"], ["a", "b"]), "looser");
    assert.equal(verdict(["a", "b"], ["c"]), "looser");
  });
});

describe("the facts of a posture", () => {
  it("are more than 130, each with a name of its own and a sentence", () => {
    const facts = postureFacts(defaultSightings());
    assert.ok(facts.length >= 130, `${facts.length} facts`);
    assert.equal(new Set(facts.map(({ section, name }) => `${section}: ${name}`)).size, facts.length);
    for (const { name, why, none } of facts) {
      assert.match(why, /^[A-Z].*\.$/, name);
      assert.notEqual(none, "", name);
    }
  });

  it("ask for every call that Docker refuses, once, and for no call that does not exist", () => {
    const names = refusedCalls.flatMap(({ calls }) => calls);
    assert.equal(new Set(names).size, names.length);
    const known = (["x86_64", "i386", "x32", "aarch64"] as const).flatMap((abi) => [...syscallNumbers(abi).keys()]);
    assert.deepEqual(
      names.filter((name) => !known.includes(name)),
      [],
    );
  });

  it("find nothing looser in a container without flags", () => {
    assert.deepEqual(looserOf({}), []);
  });

  it("are listed in docs/POSTURE.md where brig is stricter", () => {
    const rows = postureFacts(defaultSightings()).map((fact) => rowOf(fact, []));
    const stricter = rows.filter(({ verdict }) => verdict === "stricter");
    const page = join(process.cwd(), "docs/POSTURE.md");
    const [head = ""] = readFileSync(page, "utf8").split(/^\| What/m);
    const lines = stricter.map(({ section, name, docker, container, why }) => {
      const cells = [`${section}: ${name.replaceAll("*", "\\*")}`, docker, container, why];
      return `| ${cells.join(" | ")} |\n`;
    });
    const text = `${head}| What | Docker | brig | Why it matters |\n|---|---|---|---|\n${lines.join("")}`;
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(page, text);
    assert.equal(readFileSync(page, "utf8"), text, "differs from docs/POSTURE.md");
    assert.match(head, new RegExp(`\\b${rows.length} facts\\b`));
  });

  it("find each thing that the kernel shows to be missing", () => {
    const seen = defaultSightings();
    const without = <Name extends keyof PostureSightings>(name: Name) =>
      Object.fromEntries(Object.entries(seen).filter(([key]) => key !== name)) as unknown as PostureSightings;
    const devices = postureFacts(without("rules")).filter((fact) => judge(fact) === "looser");
    assert.ok(devices.length >= 10 && devices.every(({ section }) => section === "devices"));
    const calls = looserOf({ status: new Map([...seen.status, ["Seccomp", "0"]]) });
    assert.ok(calls.length >= 30 && calls.every((name) => name.startsWith("system calls: ")));
    assert.deepEqual(looserOf({ sharedNamespaces: new Set(["time", "user", "pid"]) }), ["namespaces: pid"]);
    assert.deepEqual(looserOf({ ledOut: ["7: /etc"] }), ["identity: descriptors that lead out"]);
    assert.deepEqual(looserOf({ ownKeyring: false }), ["identity: keyring of the session"]);
    assert.deepEqual(looserOf({ oomScoreAdj: "-1" }), ["identity: protection from the memory killer"]);
    for (const label of ["", "unconfined", "brig-default (complain)"])
      assert.deepEqual(looserOf({ label }), ["identity: AppArmor"]);
    assert.deepEqual(looserOf({ status: new Map([...seen.status, ["CapAmb", "1"]]) }), ["capabilities: CAP_CHOWN"]);
    assert.deepEqual(looserOf({ paths: new Map([...seen.paths, ["/proc/kcore", { kind: "file" }]]) }), [
      "hidden paths: /proc/kcore",
    ]);
    assert.deepEqual(looserOf({ paths: new Map([...seen.paths, ["/proc/sys", { kind: "directory" }]]) }), [
      "read-only paths: /proc/sys",
    ]);
    assert.deepEqual(looserOf({ nodes: new Map([...seen.nodes, ["sda", "b 8:0"]]) }), [
      "devices: further nodes in /dev",
    ]);
    assert.deepEqual(looserOf({ nodes: new Map([["null", "c 1:1"]]) }), ["devices: further nodes in /dev"]);
  });

  it("take an id map that reaches the host's root for the host's, wherever the line is", () => {
    const users = (map: string) => judge(factNamed("users on the host", { idMaps: { users: map, groups: "" } }));
    assert.equal(users("0 100000 65536\n"), "stricter");
    assert.equal(users("         0          0 4294967295\n"), "equal");
    assert.equal(users("1 100000 10\n11 0 1\n"), "equal");
  });
});

describe("blame()", () => {
  it("names the flags that can have done it", () => {
    const capability = factNamed("CAP_NET_ADMIN", {});
    assert.deepEqual(flagsOf(capability, { capAdd: ["net_admin", "SYS_TIME"] }), ["--cap-add net_admin"]);
    assert.deepEqual(flagsOf(capability, { capAdd: ["ALL"], privileged: true }), ["--privileged", "--cap-add ALL"]);
    const status = new Map([["Seccomp", "0"]]);
    const option = "--security-opt seccomp=unconfined";
    assert.deepEqual(flagsOf(factNamed("keyrings", { status }), { securityOpt: ["seccomp=unconfined"] }), [option]);
    assert.deepEqual(flagsOf(factNamed("the clock", { status }), { capAdd: ["SYS_TIME"] }), ["--cap-add SYS_TIME"]);
    assert.deepEqual(flagsOf(factNamed("pid", {}), { pid: "host" }), ["--pid host"]);
    assert.deepEqual(flagsOf(factNamed("using disks", {}), { deviceCgroupRules: ["b 8:* r"] }), [
      '--device-cgroup-rule "b 8:* r"',
    ]);
  });

  it("keeps its names to what is looser", () => {
    const fact = factNamed("CAP_CHOWN", {});
    assert.deepEqual(rowOf(fact, ["--cap-add CHOWN"]).flags, []);
    assert.deepEqual(rowOf({ ...fact, docker: [] }, ["--cap-add CHOWN"]).flags, ["--cap-add CHOWN"]);
  });
});
