import type { SpecDeviceRule } from "../../oci/index.ts";
import type { PostureFact } from "./fact.ts";
import type { PostureSightings } from "./sightings.ts";

const section = "devices";

/** The nodes of every container (runtime-spec config-linux.md, "Default Devices"), by the numbers of devices.txt. */
const defaultNodes: Readonly<Record<string, string>> = {
  null: "c 1:3",
  zero: "c 1:5",
  full: "c 1:7",
  random: "c 1:8",
  urandom: "c 1:9",
  tty: "c 5:0",
};

interface Device {
  readonly name: string;
  readonly type: "c" | "b";
  readonly major: number;
  readonly minor: number;
  readonly why: string;
}

const device = (name: string, text: string, why: string): Device => {
  const [type, numbers = ""] = text.split(" ");
  const [major = 0, minor = 0] = numbers.split(":").map(Number);
  return { name, type: type === "b" ? "b" : "c", major, minor, why };
};

const everyday = "Programs expect it, and it is nobody's.";

/** What Docker's list allows to be read and written: that of runc's default devices, tun, and the terminals. */
const allowed: readonly Device[] = [
  ...Object.entries(defaultNodes).map(([name, numbers]) => device(`using /dev/${name}`, numbers, everyday)),
  device("using the console", "c 5:1", everyday),
  device("using /dev/ptmx", "c 5:2", everyday),
  device("using terminals", "c 136:0", "They are those of the container's own /dev/pts."),
  device("using /dev/net/tun", "c 10:200", "It makes network interfaces; who needs it asks for it with --device."),
];

/** Devices of the host that no container gets unasked. */
const refused: readonly Device[] = [
  device("using the memory of the machine", "c 1:1", "It is all memory, the kernel's as well."),
  device("using the ports of the machine", "c 1:4", "They drive the hardware."),
  device("using the kernel's messages", "c 1:11", "They tell what happens on the host."),
  device("using the host's first terminal", "c 4:1", "What is typed there belongs to who sits there."),
  device("using the host's screen memory", "c 7:1", "It shows what is on the host's screen."),
  device("using loop devices", "b 7:0", "They hold file systems of the host."),
  device("using the control of loop devices", "c 10:237", "It makes devices on the host."),
  device("using disks", "b 8:0", "They hold the file systems of the host."),
  device("using NVMe disks", "b 259:0", "They hold the file systems of the host."),
  device("using the device mapper", "c 10:236", "It makes and removes disks of the host."),
  device("using FUSE", "c 10:229", "The kernel asks a program of the container what files are."),
  device("using virtual machines", "c 10:232", "It reaches much kernel code."),
  device("using virtual input devices", "c 10:223", "They type on the host."),
  device("using input devices", "c 13:64", "They tell what is typed on the host."),
  device("using graphics cards", "c 226:0", "Their memory holds what others draw and compute."),
  device("using registers of processors", "c 202:0", "They change how the processors of the host work."),
];

/** Which device nodes it has and may make, and which devices its filter lets it use. */
export function deviceFacts(seen: PostureSightings): readonly PostureFact[] {
  const { nodes, rules } = seen;
  const further = [...nodes].filter(([name, numbers]) => defaultNodes[name] !== numbers && name !== "console");
  return [
    ...Object.entries(defaultNodes).map(([name, numbers]): PostureFact => {
      const here = nodes.get(name) === numbers ? [numbers] : [];
      return { section, name: `/dev/${name}`, docker: [numbers], here, none: "not there", why: everyday };
    }),
    {
      ...{ section, name: "further nodes in /dev", docker: [], none: "none" },
      here: further.map(([name, numbers]) => `${name} (${numbers})`),
      why: "A node is the way to a device of the host.",
    },
    makingFact("character", rules),
    makingFact("block", rules),
    ...allowed.map((one) => useFact(one, ["read", "write"], rules)),
    ...refused.map((one) => useFact(one, [], rules)),
  ];
}

/** Docker allows nodes of every number to be made, for images that unpack archives with them: "c *:* m", "b *:* m". */
function makingFact(kind: "character" | "block", rules: PostureSightings["rules"]): PostureFact {
  const type = kind === "character" ? "c" : "b";
  const unlisted = { type, major: 4095, minor: 1_048_575 } as const; // the largest numbers there are: no rule names them
  return {
    ...{ section, name: `making ${kind} device nodes`, docker: ["any"], none: "only of allowed devices" },
    here: grants(rules, { ...unlisted, letter: "m" }) ? ["any"] : [],
    why: "A node that can be made on a shared file system can be used by others.",
  };
}

function useFact(one: Device, docker: readonly string[], rules: PostureSightings["rules"]): PostureFact {
  const here = [
    ...(grants(rules, { ...one, letter: "r" }) ? ["read"] : []),
    ...(grants(rules, { ...one, letter: "w" }) ? ["write"] : []),
  ];
  return { section, name: one.name, docker, here, none: "refused", why: one.why };
}

interface Use {
  readonly type: "c" | "b";
  readonly major: number;
  readonly minor: number;
  readonly letter: "r" | "w" | "m";
}

/** Whether a list that only allows lets a use pass; without a filter everything does. */
function grants(rules: readonly SpecDeviceRule[] | undefined, { type, major, minor, letter }: Use): boolean {
  if (rules === undefined) return true;
  const covers = (wanted: number | undefined, number: number) =>
    wanted === undefined || wanted === -1 || wanted === number;
  return rules.some(
    (rule) =>
      rule.allow &&
      (rule.type === "a" || rule.type === type) &&
      covers(rule.major, major) &&
      covers(rule.minor, minor) &&
      rule.access.includes(letter),
  );
}
