// How long the compiled system-call filters are, and how many of their instructions a call runs through.
import { importSources } from "../steps/importSources.mjs";
import { callMixes } from "./callMixes.mjs";

const entry = `
export { compileSeccomp } from "./src/launch/seccomp/compile.ts";
export { defaultSeccompProfile } from "./src/launch/seccomp/profile.ts";
export { resolveProfile } from "./src/launch/seccomp/resolveProfile.ts";
export { simulateAll } from "./src/launch/seccomp/simulate.ts";
export { syscallNumbers } from "./src/launch/seccomp/syscallTables.ts";
export { abiFacts, nativeArch } from "./src/launch/seccomp/architectures.ts";
export { resolveCapabilities } from "./src/namespaces/index.ts";
`;

/** `{ [profile]: { instructions, all, mixes: { [mix]: average } } }`; `all`: over every call that the machine has. */
export async function filterCosts() {
  const filters = await importSources(entry);
  const arch = filters.nativeArch(process.arch);
  const wanted = { profile: "default", add: [], drop: [], privileged: false };
  const capabilities = filters.resolveCapabilities(wanted, (1n << 64n) - 1n).names;
  const numbers = filters.syscallNumbers(arch);
  const { audit } = filters.abiFacts[arch];
  const costs = {};
  for (const variant of ["default", "strict"]) {
    const context = { capabilities, arch, kernelRelease: "6.1.0" };
    const program = filters.compileSeccomp(
      filters.resolveProfile(filters.defaultSeccompProfile(variant), context),
      arch,
    );
    const average = (calls) => {
      const known = [...calls].filter(([name]) => numbers.has(name));
      const seen = known.map(([name]) => ({ arch: audit, nr: numbers.get(name) }));
      const steps = filters.simulateAll(program, seen).map(({ executed }, index) => executed * known[index][1]);
      return sum(steps) / sum(known.map(([, count]) => count));
    };
    costs[variant] = {
      instructions: program.length / 8,
      all: average(new Map([...numbers.keys()].map((name) => [name, 1]))),
      mixes: Object.fromEntries(Object.entries(callMixes).map(([name, calls]) => [name, average(calls)])),
    };
  }
  return costs;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
