import { type CallQuestion, type NativeArch, nativeCalls, passingAbis } from "../../launch/index.ts";
import { refusedCalls, unfilteredCalls, weighedCalls } from "./callTable.ts";
import type { PostureFact } from "./fact.ts";
import type { PostureSightings } from "./sightings.ts";

const section = "system calls";
const none = "refused";

/** What the filter of the container lets through. The kernel tells that there is one; what it answers is simulated. */
export function callFacts({ program, arch, status }: PostureSightings): readonly PostureFact[] {
  const filtered = status.get("Seccomp") === "2";
  const filter = filtered ? program : undefined;
  return [
    {
      ...{ section, name: "the filter", docker: [], here: filtered ? [] : ["every system call"], none: "in force" },
      why: "Most holes of kernels are in calls that hardly any program makes.",
    },
    ...groupFacts(filter, arch),
    ...specialCalls.map((special) => specialFact(special, filter, arch)),
    otherCalls(filter, arch),
  ];
}

function groupFacts(filter: Uint8Array | undefined, arch: NativeArch): readonly PostureFact[] {
  return refusedCalls.map(({ name, calls, why }) => {
    const passing = passingAbis(
      filter,
      arch,
      calls.map((call) => ({ name: call })),
    );
    const here = calls.filter((_, index) => (passing[index]?.length ?? 0) > 0);
    return { section, name, docker: [], here, none, why };
  });
}

/** A call that passes with some arguments; each question is a grant of its own. */
interface SpecialCall {
  readonly name: string;
  readonly ask: Readonly<Record<string, CallQuestion>>;
  /** Of the questions, those that Docker's default profile lets pass. */
  readonly docker: readonly string[];
  readonly why: string;
}

const socket = (family: number): CallQuestion => ({ name: "socket", args: [BigInt(family)] });
const clone = (flag: bigint): CallQuestion => ({ name: "clone", args: [flag] });
const personality = (kind: bigint): CallQuestion => ({ name: "personality", args: [kind] });

/** The numbers are those of address_families(7), clone(2) and personality(2). */
const specialCalls: readonly SpecialCall[] = [
  {
    name: "sockets of the kernel's cryptography",
    ask: { AF_ALG: socket(38) },
    docker: [],
    why: "They have let a container write to memory of files that others read (CVE-2026-31431).",
  },
  {
    name: "sockets to the virtual machine's host",
    ask: { AF_VSOCK: socket(40) },
    docker: [],
    why: "They reach past every network namespace.",
  },
  {
    name: "sockets of rare protocols",
    ask: {
      DECnet: socket(12),
      Econet: socket(19),
      ATM: socket(20),
      IrDA: socket(23),
      WANPIPE: socket(25),
      ISDN: socket(34),
      CAIF: socket(37),
    },
    docker: [],
    why: "The kernel loads a module for them that hardly anybody has looked at.",
  },
  {
    name: "usual sockets",
    ask: { unix: socket(1), IPv4: socket(2), IPv6: socket(10), netlink: socket(16), packet: socket(17) },
    docker: ["unix", "IPv4", "IPv6", "netlink", "packet"],
    why: "Programs talk through them.",
  },
  {
    name: "new namespaces by clone",
    ask: {
      mount: clone(0x20000n),
      cgroup: clone(0x2000000n),
      uts: clone(0x4000000n),
      ipc: clone(0x8000000n),
      user: clone(0x10000000n),
      pid: clone(0x20000000n),
      net: clone(0x40000000n),
    },
    docker: [],
    why: "They make a process root of a namespace of its own, which opens up much kernel code.",
  },
  {
    name: "processes by clone3",
    ask: { clone3: { name: "clone3" } },
    docker: [],
    why: "A filter cannot see which namespaces it makes; programs use clone when it is refused.",
  },
  {
    name: "personalities",
    ask: { "fixed addresses": personality(0x0040000n), "readable is executable": personality(0x0400000n) },
    docker: [],
    why: "They take away what makes faults hard to use.",
  },
  {
    name: "the sockets of i386 in one call",
    ask: { socketcall: { name: "socketcall" } },
    docker: ["socketcall"],
    why: "A filter cannot see its arguments, so that every kind of socket passes.",
  },
];

function specialFact(
  { name, ask, docker, why }: SpecialCall,
  filter: Uint8Array | undefined,
  arch: NativeArch,
): PostureFact {
  const passing = passingAbis(filter, arch, Object.values(ask));
  const here = Object.keys(ask).filter((_, index) => (passing[index]?.length ?? 0) > 0);
  // A machine without i386 has no such call either way.
  const known = name.includes("i386") && arch !== "x86_64" ? [] : docker;
  return { section, name, docker: known, here, none, why };
}

function otherCalls(filter: Uint8Array | undefined, arch: NativeArch): PostureFact {
  const refused = new Set(refusedCalls.flatMap(({ calls }) => calls));
  const names = nativeCalls(arch).filter(
    (name) => ![refused, weighedCalls, unfilteredCalls].some((set) => set.has(name)),
  );
  const passing = passingAbis(
    filter,
    arch,
    names.map((name) => ({ name })),
  );
  const missing = names.filter((_, index) => passing[index]?.length === 0);
  return {
    ...{ section, name: "all other calls", none },
    docker: names,
    here: names.filter((name) => !missing.includes(name)),
    words: {
      docker: `allowed (${names.length})`,
      here: missing.length === 0 ? `allowed (${names.length})` : `allowed but for ${missing.join(", ")}`,
    },
    why: "Programs need them.",
  };
}
