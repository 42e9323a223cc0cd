import { callsByCapability } from "../../launch/index.ts";
import { parseCapability } from "../../namespaces/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { PostureFact, PostureSection } from "./fact.ts";

type Blame = (fact: PostureFact, options: FilledOptions) => readonly string[];

/** Which flags of a container can have made a fact of a section looser. */
const blames: Readonly<Record<PostureSection, Blame>> = {
  capabilities: ({ name }, { capAdd }) =>
    capAdd.filter((text) => [name, "ALL"].includes(parseCapability(text, "CapAdd"))).map((text) => `--cap-add ${text}`),
  "system calls": (fact, options) => [...security(options, "seccomp"), ...callsOfCapabilities(fact, options)],
  "hidden paths": ({ name }, options) => [...security(options, "systempaths"), ...mountsAt(name, options)],
  "read-only paths": ({ name }, options) => [...security(options, "systempaths"), ...mountsAt(name, options)],
  mounts: blameMounts,
  devices: ({ name }, { devices, deviceCgroupRules }) => [
    ...devices.map(({ hostPath }) => `--device ${hostPath}`),
    ...(name.includes("nodes in /dev") ? [] : deviceCgroupRules.map((rule) => `--device-cgroup-rule "${rule}"`)),
  ],
  namespaces: ({ name }, options) => {
    const given = {
      network: options.network,
      pid: options.pid,
      ipc: options.ipc,
      uts: options.uts,
      cgroup: options.cgroupns,
    };
    const [, mode] = Object.entries(given).find(([kind]) => kind === name) ?? [];
    return mode === "host" ? [`--${name === "cgroup" ? "cgroupns" : name} host`] : [];
  },
  identity: ({ name }, options) => {
    if (name.startsWith("protection")) return [`--oom-score-adj ${options.oomScoreAdj}`];
    return name === "AppArmor" ? security(options, "apparmor") : name === "SELinux" ? security(options, "label") : [];
  },
  settings: (_, { ulimits, limits }) => [
    ...ulimits.map(({ name }) => `--ulimit ${name}`),
    ...(limits.pidsLimit === undefined ? [] : [`--pids-limit ${limits.pidsLimit}`]),
  ],
};

/** The flags by which a fact can have become looser than Docker's default. Pure. */
export function blame(fact: PostureFact, options: FilledOptions): readonly string[] {
  return [...new Set([...(options.privileged ? ["--privileged"] : []), ...blames[fact.section](fact, options)])];
}

function security({ securityOpt }: FilledOptions, name: string): readonly string[] {
  return securityOpt.filter((text) => text.startsWith(name)).map((text) => `--security-opt ${text}`);
}

/** Some calls come with a capability. */
function callsOfCapabilities({ docker, here }: PostureFact, { capAdd }: FilledOptions): readonly string[] {
  const gained = here.filter((name) => !docker.includes(name));
  return capAdd
    .filter((text) => {
      const name = parseCapability(text, "CapAdd");
      // namespaces by clone are the one thing that a capability gives without a name of its own
      return (
        name === "ALL" || name === "CAP_SYS_ADMIN" || gained.some((call) => callsByCapability[name]?.includes(call))
      );
    })
    .map((text) => `--cap-add ${text}`);
}

function blameMounts({ name }: PostureFact, options: FilledOptions): readonly string[] {
  if (name === "/sys/fs/cgroup") return security(options, "writable-cgroups");
  if (name.startsWith("/")) return mountsAt(name, options);
  const binds = options.mounts.flatMap((mount) => (mount.kind === "bind" ? [mount] : []));
  const travelling = name.startsWith("mounts that reach");
  const guilty = travelling ? binds.filter(({ propagation }) => !propagation.endsWith("private")) : binds;
  const from = travelling ? [] : options.volumesFrom.map((text) => `--volumes-from ${text}`);
  return [...guilty.map(({ source, target }) => `-v ${source}:${target}`), ...from];
}

function mountsAt(path: string, { mounts }: FilledOptions): readonly string[] {
  return mounts.filter(({ target }) => target === path).map(({ target }) => `a mount at ${target}`);
}
