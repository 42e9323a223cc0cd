import type { PostureFact } from "./fact.ts";
import type { PostureSightings, SeenPath } from "./sightings.ts";

/** MaskedPaths of moby's daemon/pkg/oci/defaults.go; Docker leaves the last one to SELinux. */
const hidden: readonly { readonly path: string; readonly why: string; readonly docker?: readonly string[] }[] = [
  { path: "/proc/acpi", why: "It shows and switches batteries, fans and devices of the host." },
  { path: "/proc/asound", why: "It tells what the sound devices of the host play." },
  { path: "/proc/interrupts", why: "Its counts tell what is typed and done on the host." },
  { path: "/proc/kcore", why: "It is the memory of the whole machine." },
  { path: "/proc/keys", why: "It lists keys of other containers and of the host." },
  { path: "/proc/latency_stats", why: "It tells what other processes wait for." },
  { path: "/proc/sched_debug", why: "It lists the processes of the whole machine." },
  { path: "/proc/scsi", why: "A disk of the host can be taken away through it." },
  { path: "/proc/timer_list", why: "It tells addresses in the kernel and timers of others." },
  { path: "/proc/timer_stats", why: "It tells which processes of the host set timers." },
  {
    path: "/sys/devices/virtual/powercap",
    why: "The power that a processor draws tells secrets of others (CVE-2020-8694).",
  },
  { path: "/sys/firmware", why: "It shows tables and keys of the firmware." },
  { path: "/sys/fs/selinux", why: "It shows and steers the rules of SELinux.", docker: ["shown"] },
];

/** ReadonlyPaths of the same file. */
const readOnly: readonly { readonly path: string; readonly why: string }[] = [
  { path: "/proc/bus", why: "It reaches devices on the buses of the host." },
  { path: "/proc/fs", why: "It changes settings of file systems of the host." },
  { path: "/proc/irq", why: "It moves interrupts of the host to other processors." },
  { path: "/proc/sys", why: "Most settings below it are those of the whole machine." },
  { path: "/proc/sysrq-trigger", why: "One letter written to it restarts the machine." },
];

/** Every path that the facts are about: what has to be looked at in the container. */
export const watchedPaths: readonly string[] = [...hidden, ...readOnly].map(({ path }) => path);

/** Whether what Docker hides is hidden, and what it shows read-only is read-only. */
export function pathFacts({ paths, throttles }: PostureSightings): readonly PostureFact[] {
  return [
    ...hidden.map(({ path, why, docker }): PostureFact => {
      const seen = paths.get(path);
      const there = seen !== undefined && seen.kind !== "missing";
      const words = there ? {} : { words: { docker: "not on this host", here: "not on this host" } };
      const here = there && !isHidden(seen) ? ["shown"] : [];
      return {
        section: "hidden paths",
        name: path,
        docker: there ? (docker ?? []) : [],
        here,
        none: "hidden",
        why,
        ...words,
      };
    }),
    throttleFact(throttles, paths),
    ...readOnly.map(({ path, why }): PostureFact => {
      const seen = paths.get(path);
      const here = seen === undefined || seen.kind === "missing" || isReadOnly(seen) ? [] : ["writable"];
      return { section: "read-only paths", name: path, docker: [], here, none: "read-only", why };
    }),
  ];
}

function throttleFact(throttles: readonly string[], paths: PostureSightings["paths"]): PostureFact {
  const shown = throttles.filter((path) => !isHidden(paths.get(path)));
  return {
    section: "hidden paths",
    name: "/sys/devices/system/cpu/cpu*/thermal_throttle",
    docker: [],
    here: shown.length === 0 ? [] : ["shown"],
    none: "hidden",
    why: "The heat of a processor tells what others do on it.",
    ...(throttles.length === 0 ? { words: { docker: "not on this host", here: "not on this host" } } : {}),
  };
}

/** Under the null device, or under an empty directory that cannot be written to. */
function isHidden(seen: SeenPath | undefined): boolean {
  if (seen === undefined || seen.kind === "missing" || seen.kind === "device") return true;
  return seen.kind === "directory" && seen.mount?.type === "tmpfs" && isReadOnly(seen);
}

function isReadOnly({ mount }: SeenPath): boolean {
  if (mount === undefined) return false;
  return [mount.options, mount.superOptions].some((options) => options.split(",").includes("ro"));
}
