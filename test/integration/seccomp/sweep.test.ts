import assert from "node:assert/strict";
import { arch, release } from "node:os";
import test, { after, before } from "node:test";
import { describeVerdict } from "../../../src/launch/seccomp/actions.ts";
import { abiFacts, nativeArch } from "../../../src/launch/seccomp/architectures.ts";
import { compileSeccomp } from "../../../src/launch/seccomp/compile.ts";
import { defaultSeccompProfile } from "../../../src/launch/seccomp/profile.ts";
import { resolveProfile } from "../../../src/launch/seccomp/resolveProfile.ts";
import { simulateAll } from "../../../src/launch/seccomp/simulate.ts";
import { resolveCapabilities } from "../../../src/namespaces/index.ts";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { servedBusyboxRoot } from "../../support/busyboxRegistry.ts";
import { nativeProgram } from "../../support/nativeProgram.ts";

let root: TestRoot;
let image: string;
let program: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
  program = await nativeProgram("syscall-sweep");
});

after(() => disposeRoot(root));

interface Tried {
  readonly abi: string;
  readonly nr: number;
  /** What the kernel answered; 0: success, -1: the process was killed. */
  readonly errno: number;
}

async function sweep(flags: readonly string[]): Promise<readonly Tried[]> {
  const words = ["run", "--rm", "--network", "none", "-v", `${program}:/sweep:ro`, ...flags, image, "/sweep"];
  const { stdout } = await brigOk(words, { root });
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.pop(), "end 0 0");
  return lines.map((line) => {
    const [abi = "", nr, errno] = line.split(" ");
    return { abi, nr: Number(nr), errno: Number(errno) };
  });
}

const allOnes = Array<bigint>(6).fill(2n ** 64n - 1n);
const lowOnes = Array<bigint>(6).fill(2n ** 32n - 1n);

/** What the simulator says that the filter answers to each of the calls. */
function verdicts(calls: readonly Tried[], variant: "default" | "strict"): readonly string[] {
  const native = nativeArch(arch());
  const { names } = resolveCapabilities({ profile: "default", add: [], drop: [], privileged: false }, (1n << 64n) - 1n);
  const context = { capabilities: names, arch: native, kernelRelease: release() };
  const filter = compileSeccomp(resolveProfile(defaultSeccompProfile(variant), context), native);
  const seen = calls.map(({ abi, nr }) => {
    const { audit, numberBase } = abiFacts[abi === "native" ? native : abi === "x32" ? "x32" : "i386"];
    return { arch: audit, nr: numberBase + nr, args: abi === "i386" ? lowOnes : allOnes };
  });
  return simulateAll(filter, seen).map(({ verdict }) => describeVerdict(verdict));
}

const cases = [
  { name: "the default profile", flags: [], variant: "default" },
  { name: "the strict profile", flags: ["--security-opt", "profile=strict"], variant: "strict" },
] as const;

for (const { name, flags, variant } of cases) {
  test(`every system call number is answered as the simulator says: ${name}`, async () => {
    const filtered = await sweep(flags);
    const free = await sweep([...flags, "--security-opt", "seccomp=unconfined"]);
    assert.ok(filtered.length > 500, `${filtered.length} calls`);
    const expected = verdicts(filtered, variant).map((verdict, index) => {
      if (verdict === "ALLOW") return free[index]?.errno;
      return verdict === "KILL_PROCESS" ? -1 : Number(/^ERRNO\((\d+)\)$/.exec(verdict)?.[1]);
    });
    const wrong = filtered.flatMap((call, index) =>
      call.errno === expected[index] ? [] : [{ ...call, expected: expected[index] }],
    );
    assert.deepEqual(wrong, []);
    const differs = filtered.filter((call, index) => call.errno !== free[index]?.errno);
    assert.ok(differs.length > 20, `the filter changed the answer to ${differs.length} calls`);
  });
}
