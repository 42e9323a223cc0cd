import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { describeVerdict, encodeAction } from "../../../src/launch/seccomp/actions.ts";
import { abiFacts } from "../../../src/launch/seccomp/architectures.ts";
import { compileSeccomp } from "../../../src/launch/seccomp/compile.ts";
import { defaultSeccompProfile } from "../../../src/launch/seccomp/profile.ts";
import { resolveProfile } from "../../../src/launch/seccomp/resolveProfile.ts";
import { type FilteredCall, simulateAll } from "../../../src/launch/seccomp/simulate.ts";
import { type SyscallArch, syscallNumbers } from "../../../src/launch/seccomp/syscallTables.ts";
import { verifyProgram } from "../../../src/launch/seccomp/verifyProgram.ts";
import type { SpecSeccomp, SpecSeccompRule } from "../../../src/oci/index.ts";
import { createRandom } from "../../support/random.ts";

const abis: readonly SyscallArch[] = ["x86_64", "i386", "x32"];
const enosys = encodeAction("SCMP_ACT_ERRNO", 38, "test");
const operators = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"].map((name) => `SCMP_CMP_${name}`);
const oracleArch: Readonly<Record<string, string>> = {
  SCMP_ARCH_X86: "x86",
  SCMP_ARCH_X32: "x32",
  SCMP_ARCH_X86_64: "x86_64",
};

const values: readonly number[] = [
  0,
  1,
  2,
  8,
  38,
  39,
  40,
  0x7fffffff,
  0x80000000,
  0xfffffffe,
  0xffffffff,
  0x100000000,
  0x100000026,
  0x7e020000,
  2 ** 40 + 7,
  2 ** 53 - 1,
];

const randomProfiles = 60;
const callsEach = Math.ceil(1_000_000 / randomProfiles);

let directory = "";
let oracle = "";

before(() => {
  directory = mkdtempSync(join(tmpdir(), "brig-seccomp-"));
  oracle = join(directory, "oracle");
  const source = resolve("test/native/seccomp-oracle.c");
  execFileSync("gcc", ["-O1", "-Wall", "-Wextra", "-Werror", "-o", oracle, source, "-lseccomp"]);
});

after(() => {
  rmSync(directory, { recursive: true, force: true });
});

function ruleLine({ action, errnoRet, args = [] }: SpecSeccompRule, name: string): string {
  const conditions = args.map(
    ({ index, op, value, valueTwo = 0 }) => ` ${index} ${operators.indexOf(op) + 1} ${value} ${valueTwo}`,
  );
  return `rule ${encodeAction(action, errnoRet, "test")} ${name}${conditions.join("")}\n`;
}

function askLibseccomp(spec: SpecSeccomp): Uint8Array {
  const fallback = encodeAction(spec.defaultAction, spec.defaultErrnoRet, "test");
  const rules = spec.syscalls
    .filter((rule) => encodeAction(rule.action, rule.errnoRet, "test") !== fallback)
    .flatMap((rule) => rule.names.map((name) => ruleLine(rule, name)));
  const architectures = spec.architectures.map((name) => `arch ${oracleArch[name]}\n`);
  const input = [`default ${fallback}\n`, ...architectures, ...rules, "end\n"].join("");
  const result = spawnSync(oracle, { input, maxBuffer: 1 << 24 });
  assert.equal(result.status, 0, result.stderr.toString());
  return result.stdout;
}

/** Names that this libseccomp is too old for; rules with them cannot be compared. */
function namesUnknownToLibseccomp(names: readonly string[]): ReadonlySet<string> {
  const input = `default 2147418112\n${names.map((name) => `rule 327681 ${name}\n`).join("")}end\n`;
  const result = spawnSync(oracle, { input, maxBuffer: 1 << 24 });
  return new Set([...result.stderr.toString().matchAll(/unknown (\w+)/g)].map(([, name]) => name ?? ""));
}

function randomArgs(random: (below: number) => number): readonly bigint[] {
  return Array.from({ length: 6 }, () => {
    const near = BigInt(values[random(values.length)] ?? 0) + BigInt(random(3) - 1);
    const high = random(4) === 0 ? BigInt(random(0xffffffff)) << 32n : 0n;
    return BigInt.asUintN(64, near + high);
  });
}

/** Calls around every number that has a meaning, and far away from all. */
function randomCalls(
  random: (below: number) => number,
  count: number,
  hot: readonly string[],
): readonly FilteredCall[] {
  const tables = new Map(abis.map((abi) => [abi, syscallNumbers(abi)]));
  const edges = [0, 334, 423, 424, 450, 511, 512, 547, 548, 1000, 0x3fffffff, 0x40000000, 0x7fffffff, 0xffffffff];
  return Array.from({ length: count }, () => {
    const abi = abis[random(abis.length)] ?? "x86_64";
    const { audit, numberBase } = abiFacts[abi];
    const hotNumber = tables.get(abi)?.get(hot[random(Math.max(1, hot.length))] ?? "");
    const kind = random(4);
    const nr =
      kind === 0
        ? (edges[random(edges.length)] ?? 0)
        : kind < 3 && hotNumber !== undefined
          ? numberBase + hotNumber
          : numberBase + random(560);
    const arch = random(200) === 0 ? ([0, 0xc00000b7, 0x40000028][random(3)] ?? 0) : audit;
    return { arch, nr: nr >>> 0, args: randomArgs(random) };
  });
}

/** libseccomp spreads a rule for a socket or System V call over the two multiplexers of i386; brig leaves them alone. */
function isMultiplexer({ arch, nr }: FilteredCall): boolean {
  return arch === abiFacts.i386.audit && (nr === 102 || nr === 117);
}

/** What brig answers by a rule of its own: numbers that are not known, or younger than the whole profile. */
function isUnknown(spec: SpecSeccomp, { arch, nr }: FilteredCall): boolean {
  const abi = arch === abiFacts.i386.audit ? "i386" : nr >= 0x40000000 ? "x32" : "x86_64";
  const plain = nr - abiFacts[abi].numberBase;
  const table = syscallNumbers(abi);
  const named = spec.syscalls.flatMap((rule) => rule.names.flatMap((name) => table.get(name) ?? []));
  const newest = Math.max(-1, ...named.filter((number) => number < 512));
  return ![...table.values()].includes(plain) || (newest >= 0 && plain > newest && plain < 512);
}

function compare(spec: SpecSeccomp, calls: readonly FilteredCall[]): number {
  const ours = compileSeccomp(spec, "x86_64");
  assert.deepEqual(verifyProgram(ours), []);
  const theirs = simulateAll(askLibseccomp(spec), calls);
  const answers = simulateAll(ours, calls);
  const refuses = !["SCMP_ACT_ALLOW", "SCMP_ACT_LOG"].includes(spec.defaultAction);
  let compared = 0;
  for (const [index, call] of calls.entries()) {
    if (isMultiplexer(call)) continue;
    const answer = answers[index]?.verdict ?? -1;
    let expected = theirs[index]?.verdict ?? -1;
    if (answer === expected) {
      compared += 1;
      continue;
    }
    if (refuses && answer === enosys && isUnknown(spec, call)) expected = enosys;
    const shown = `${JSON.stringify({ ...call, args: call.args?.map(String) })} of ${JSON.stringify(spec)}`;
    assert.equal(describeVerdict(answer), describeVerdict(expected), shown);
    compared += 1;
  }
  return compared;
}

function randomSpec(random: (below: number) => number, names: readonly string[]): { spec: SpecSeccomp; hot: string[] } {
  const defaults: readonly Pick<SpecSeccomp, "defaultAction" | "defaultErrnoRet">[] = [
    { defaultAction: "SCMP_ACT_ALLOW" },
    { defaultAction: "SCMP_ACT_LOG" },
    { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38 },
    { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1 },
    { defaultAction: "SCMP_ACT_KILL_PROCESS" },
    { defaultAction: "SCMP_ACT_TRAP" },
  ];
  const actions: readonly Pick<SpecSeccompRule, "action" | "errnoRet">[] = [
    { action: "SCMP_ACT_ALLOW" },
    { action: "SCMP_ACT_ERRNO", errnoRet: 13 },
    { action: "SCMP_ACT_ERRNO", errnoRet: 95 },
    { action: "SCMP_ACT_TRACE", errnoRet: 7 },
    { action: "SCMP_ACT_KILL_PROCESS" },
  ];
  const fallback = defaults[random(defaults.length)] ?? { defaultAction: "SCMP_ACT_ALLOW" };
  const usable = actions.filter(({ action }) => action !== fallback.defaultAction);
  const pick = () => usable[random(usable.length)] ?? { action: "SCMP_ACT_ERRNO", errnoRet: 13 };
  const hot = [...new Set(Array.from({ length: 10 }, () => names[random(names.length)] ?? "read"))];
  const plain = names.filter((name) => !hot.includes(name) && random(3) === 0);
  const rules: SpecSeccompRule[] = plain.map((name) => ({ names: [name], ...pick() }));
  for (const name of hot) {
    // One rule of up to six conditions, or several that ask for equality. libseccomp 2.5 merges other combinations into
    // one tree and gets some wrong; the unit tests compare those with a direct evaluation.
    const action = pick();
    const indexes = [0, 1, 2, 3, 4, 5].filter(() => random(3) === 0);
    const isSingle = random(2) === 0 && indexes.length > 0;
    const lists: readonly (readonly number[])[] = isSingle ? [indexes] : Array(1 + random(3)).fill([random(6)]);
    for (const list of lists) {
      const args = list.map((index) => ({
        index,
        op: (isSingle ? operators[random(operators.length)] : undefined) ?? "SCMP_CMP_EQ",
        value: values[random(values.length)] ?? 0,
        valueTwo: values[random(values.length)] ?? 0,
      }));
      rules.push({ names: [name], ...action, args });
    }
  }
  const architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"].filter(
    (_, at) => at === 0 || random(3) > 0,
  );
  return { spec: { ...fallback, architectures, syscalls: rules }, hot };
}

describe("seccomp filters compared with libseccomp's", () => {
  it(`answers ${randomProfiles * callsEach} random calls under ${randomProfiles} random profiles alike`, () => {
    const all = [...new Set(abis.flatMap((abi) => [...syscallNumbers(abi).keys()]))];
    const unknown = namesUnknownToLibseccomp(all);
    const names = all.filter((name) => !unknown.has(name));
    const random = createRandom(20240601);
    let compared = 0;
    for (let profile = 0; profile < randomProfiles; profile += 1) {
      const { spec, hot } = randomSpec(random, names);
      compared += compare(spec, randomCalls(random, Math.ceil(1.025 * callsEach), hot));
    }
    assert.ok(compared >= randomProfiles * callsEach, `${compared} calls were compared`);
  });

  it("answers calls under the default profile alike, with and without CAP_SYS_ADMIN", () => {
    const all = [...new Set(abis.flatMap((abi) => [...syscallNumbers(abi).keys()]))];
    const unknown = namesUnknownToLibseccomp(all);
    const random = createRandom(7);
    for (const capabilities of [[], ["CAP_SYS_ADMIN"], ["CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_TIME"]]) {
      const spec = resolveProfile(defaultSeccompProfile(), { capabilities, arch: "x86_64", kernelRelease: "6.1.0" });
      // A libseccomp older than the profile answers its youngest names by its default.
      const syscalls = spec.syscalls.map((rule) => ({
        ...rule,
        names: rule.names.filter((name) => !unknown.has(name)),
      }));
      const calls = randomCalls(random, 20_000, ["socket", "personality", "clone", "clone3", "mount", "read"]);
      assert.ok(compare({ ...spec, syscalls: withoutShadowed(syscalls) }, calls) > 19_000);
    }
  });
});

/** libseccomp refuses a rule with conditions for a call that another rule allows without: CAP_SYS_ADMIN and clone. */
function withoutShadowed(rules: readonly SpecSeccompRule[]): readonly SpecSeccompRule[] {
  const plain = new Set(rules.filter((rule) => rule.args === undefined).flatMap((rule) => rule.names));
  return rules.filter((rule) => rule.args === undefined || !rule.names.some((name) => plain.has(name)));
}
