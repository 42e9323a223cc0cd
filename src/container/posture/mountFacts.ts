import { join } from "node:path";
import type { SpecMount } from "../../oci/index.ts";
import type { PostureFact } from "./fact.ts";
import type { PostureSightings } from "./sightings.ts";

const section = "mounts";
const none = "nothing of these";

interface StandardMount {
  readonly point: string;
  /** What can be done there in a container of Docker's. */
  readonly docker: readonly Use[];
  readonly why: string;
}

type Use = "write" | "run programs" | "use set-user-ID" | "use devices";

/** What takes each use away (mount(8)). */
const takenBy: readonly (readonly [string, Use])[] = [
  ["ro", "write"],
  ["noexec", "run programs"],
  ["nosuid", "use set-user-ID"],
  ["nodev", "use devices"],
];

/** The mounts of moby's daemon/pkg/oci/defaults.go; the root is an overlay without options. */
const standardMounts: readonly StandardMount[] = [
  {
    point: "/",
    docker: ["write", "run programs", "use set-user-ID", "use devices"],
    why: "A device node that a layer brings would be the host's device.",
  },
  { point: "/proc", docker: ["write"], why: "It is the kernel's, with nothing to run." },
  {
    point: "/dev",
    docker: ["write", "run programs", "use devices"],
    why: "It holds the device nodes of the container.",
  },
  { point: "/dev/pts", docker: ["write", "use devices"], why: "It holds the terminals of the container." },
  { point: "/dev/mqueue", docker: ["write"], why: "It holds message queues." },
  { point: "/dev/shm", docker: ["write"], why: "It holds shared memory." },
  { point: "/sys", docker: [], why: "Written to, it changes devices of the host." },
  { point: "/sys/fs/cgroup", docker: [], why: "Written to, it changes the limits of the container." },
];

/** What can be done on the mounts that every container has, and which of its others lead to the host. */
export function mountFacts(seen: PostureSightings): readonly PostureFact[] {
  return [
    ...standardMounts.map(
      ({ point, docker, why }) => ({ section, name: point, docker, here: usesOf(seen, point), none, why }) as const,
    ),
    {
      ...{ section, name: "mounts that reach other namespaces", docker: [], none: "none" },
      here: [...new Set(seen.mounts.filter(({ propagation }) => propagation.length > 0).map(({ point }) => point))],
      why: "What is mounted there shows up on the host, or what the host mounts shows up there.",
    },
    {
      ...{ section, name: "directories and files of the host", docker: [], none: "none" },
      here: seen.spec.mounts.flatMap((mount) => hostBind(mount, seen.root)),
      why: "What is written there is written on the host.",
    },
  ];
}

function usesOf({ mounts }: PostureSightings, point: string): readonly Use[] {
  const mount = mounts.findLast((candidate) => candidate.point === point);
  if (mount === undefined) return [];
  const options = [mount.options, mount.superOptions].flatMap((text) => text.split(","));
  return takenBy.flatMap(([option, use]) => (options.includes(option) ? [] : [use]));
}

/** Queues, shared memory and groups of the host are facts of namespaces and of their own mounts. */
const notBinds: ReadonlySet<string> = new Set(["/dev/mqueue", "/dev/shm", "/sys/fs/cgroup"]);

function hostBind({ destination, type, source, options = [] }: SpecMount, root: string): readonly string[] {
  const isBind = type === "bind" || options.includes("bind") || options.includes("rbind");
  const own = ["containers", "volumes"].some((name) => source.startsWith(`${join(root, name)}/`));
  if (!isBind || own || notBinds.has(destination)) return [];
  return [`${source} at ${destination}${options.includes("ro") ? " (read-only)" : ""}`];
}
