import assert from "node:assert/strict";
import test from "node:test";
import { comparedSections, resourceLimits } from "../../../src/container/compare/processFacts.ts";
import { postureFacts } from "../../../src/container/posture/containerPosture.ts";
import { rowOf } from "../../../src/container/posture/fact.ts";
import type { PostureSightings } from "../../../src/container/posture/sightings.ts";
import { purposePhases } from "../../../src/launch/purpose/purposes.ts";
import { syscallNumbers } from "../../../src/launch/seccomp/syscallTables.ts";
import { capabilityReasons } from "../../../src/messages/facts/capabilityReasons.ts";
import { comparisonNames } from "../../../src/messages/facts/comparisonNames.ts";
import { factNames } from "../../../src/messages/facts/factNames.ts";
import { placeReasons } from "../../../src/messages/facts/placeReasons.ts";
import { loadComparisonFacts, loadPostureFacts } from "../../../src/messages/index.ts";
import { readSources } from "../../support/architecture/sources.ts";
import { defaultSightings } from "../../support/posture.ts";
import { bare, readLiterals } from "./literals.ts";

const hangul = /\p{Script=Hangul}/u;

/** What a container without any confinement would look like. */
function looseSightings(): PostureSightings {
  const { program: _program, rules: _rules, pidsMax: _pidsMax, ...seen } = defaultSightings();
  return {
    ...seen,
    status: new Map([...["CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"].map((set) => [set, "ff"] as const)]),
    mounts: seen.mounts.map((mount) => ({ ...mount, options: "rw", propagation: ["shared:1"] })),
    paths: new Map([...seen.paths].map(([path]) => [path, { kind: "file" } as const])),
    nodes: new Map([...seen.nodes, ["sda", "b 8:0"]]),
    sharedNamespaces: new Set(["mnt", "pid", "net", "ipc", "uts", "cgroup", "user", "time"]),
    idMaps: { users: "0 0 4294967295\n", groups: "0 0 4294967295\n" },
    ...{ oomScoreAdj: "-500", ledOut: ["3: /etc"], ownKeyring: false, label: "" },
    modules: { appArmor: true, selinux: true },
    limits: new Map([["core file size", "unlimited"]]),
  };
}

/** And one on a host that has little. */
function poorSightings(): PostureSightings {
  const seen = defaultSightings();
  return {
    ...seen,
    ...{ modules: { appArmor: false, selinux: false }, ownNetwork: false, throttles: [] },
    paths: new Map([...seen.paths].map(([path]) => [path, { kind: "missing" } as const])),
    nodes: new Map(),
  };
}

const callNames = new Set(
  (["x86_64", "i386", "x32", "aarch64"] as const).flatMap((abi) => [...syscallNumbers(abi).keys()]),
);
const numbers = /^(?:CAP_\w+|\/\S*|(?:\w+ )?\(?[bc] \d+:\d+\)?|-?\d+(?:: \/\S*)?)$/;
const proper =
  /^(?:capabilities|root|pid|ipc|uts|cgroup|net|io_uring|AppArmor|SELinux|effective|permitted|bounding|inheritable|ambient|AF_\w+|DECnet|Econet|ATM|IrDA|WANPIPE|ISDN|CAIF|IPv[46]|unix|netlink|packet)$/;

/** What has no other word in Korean: names of the kernel, paths, numbers. */
const isName = (text: string) => callNames.has(text) || numbers.test(text) || proper.test(text);

test("every fact of a posture is said in Korean: its section, name, values and sentence", async () => {
  const say = await loadPostureFacts("ko");
  const rows = [defaultSightings(), looseSightings(), poorSightings()].flatMap((seen) =>
    postureFacts(seen).map((fact) => rowOf(fact, [])),
  );
  for (const { section, name, docker, container, why } of rows) {
    assert.match(say(why), /\p{Script=Hangul}.*\.$/u, why);
    for (const text of [section, name]) {
      if (!isName(text)) assert.match(say(text), hangul, text);
    }
    for (const text of [docker, container]) {
      if (!text.split(", ").every(isName)) assert.match(say(text), hangul, text);
    }
  }
});

test("a list of values is said piece by piece", async () => {
  const say = await loadPostureFacts("ko");
  assert.equal(say("write, run programs"), "쓰기, 프로그램 실행");
  assert.equal(say("/srv at /a (read-only), /mnt at /b"), "/a 경로에 /srv (읽기 전용), /b 경로에 /mnt");
  assert.equal(say("allowed but for ptrace, bpf"), "허용, 다음은 제외: ptrace, bpf");
  assert.equal(say("effective, permitted"), "effective, permitted");
});

test("every purpose of a call and every row of a comparison is said in Korean", async () => {
  const say = await loadComparisonFacts("ko");
  const files = new Set(["src/launch/purpose/purposes.ts", "src/launch/purpose/groupCalls.ts"]);
  const purposes = [...readSources("src", ".ts")]
    .filter(([path]) => files.has(path))
    .flatMap(([, text]) => readLiterals(text).filter((literal) => literal.includes(" ")));
  assert.ok(purposes.length > 30, `only ${purposes.length} purposes were found`);
  const limits = resourceLimits("/proc/self").map(([name]) => name);
  assert.ok(limits.length > 10, "the kernel tells no limits");
  for (const text of [...purposes, ...limits, ...comparedSections, ...purposePhases]) {
    if (!["cgroup", "capabilities"].includes(text)) assert.match(say(text), hangul, text);
  }
});

test("no Korean entry is of a fact that is gone", () => {
  const isPlace = (path: string) => /^src\/(?:container\/(?:posture|compare)|launch\/purpose)\//.test(path);
  const literals = [...readSources("src", ".ts")]
    .filter(([path]) => isPlace(path))
    .flatMap(([, text]) => readLiterals(text));
  const kernel = resourceLimits("/proc/self").map(([name]) => name);
  const written = new Set([...literals, ...kernel]);
  const known = Object.keys({ ...capabilityReasons, ...placeReasons, ...factNames, ...comparisonNames });
  assert.deepEqual(
    known.filter((text) => !written.has(bare(text)) && !joined.has(text)),
    [],
  );
});

/** What the sources join of two texts, and what the kernel says for a limit. */
const joined: ReadonlySet<string> = new Set([
  "{source} at {path} (read-only)",
  "{source} at /{path}",
  "making character device nodes",
  "making block device nodes",
  "users on the host",
  "groups on the host",
  "unlimited",
  "unlimited (hard {hard})",
  "{soft} (hard unlimited)",
]);

test("both sides of each fact have the same values, and no particle depends on the sound of one", () => {
  const valuesOf = (text: string) => [...text.matchAll(/\{(\w*)\}/g)].map(([, name]) => name).sort();
  for (const table of [capabilityReasons, placeReasons, factNames, comparisonNames]) {
    for (const [from, to] of Object.entries(table)) {
      assert.deepEqual(valuesOf(to), valuesOf(from), from);
      assert.doesNotMatch(to, /\}["']?(?:이|가|을|를|은|는|와|과|로|으로)(?=[\s,.]|$)/u, from);
      if (!["cgroup", "capabilities"].includes(from)) assert.match(to, hangul, from);
    }
  }
});

test("a text of another version stays as it is, and English stays English", async () => {
  assert.equal((await loadPostureFacts("ko"))("nobody knows this"), "nobody knows this");
  assert.equal((await loadPostureFacts("en"))("the filter"), "the filter");
  assert.equal((await loadComparisonFacts("en"))("host name"), "host name");
});
