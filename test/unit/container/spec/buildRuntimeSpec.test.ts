import assert from "node:assert/strict";
import test from "node:test";
import { fillDefaults } from "../../../../src/container/fillDefaults.ts";
import { noAccounts } from "../../../../src/container/identity/accounts.ts";
import { resolveUser } from "../../../../src/container/identity/resolveUser.ts";
import { mergeImageConfig } from "../../../../src/container/mergeImageConfig.ts";
import { bareChoice } from "../../../../src/container/options/networkChoices.ts";
import type { RunOptions } from "../../../../src/container/runOptions.ts";
import { buildRuntimeSpec } from "../../../../src/container/spec/buildRuntimeSpec.ts";
import { planGrants } from "../../../../src/container/spec/planGrants.ts";
import type { ResolvedMount } from "../../../../src/container/spec/userMounts.ts";
import type { HostFacts } from "../../../../src/host/index.ts";
import { parseSecurityOptions } from "../../../../src/launch/index.ts";
import { idMappings, planNamespaces } from "../../../../src/namespaces/index.ts";
import type { ImageExecution, RuntimeSpec } from "../../../../src/oci/index.ts";
import { compareGolden } from "../../../support/golden.ts";
import { sampleFacts } from "./sampleFacts.ts";

const image: ImageExecution = {
  User: "",
  ExposedPorts: [],
  Env: ["PATH=/bin"],
  Entrypoint: [],
  Cmd: ["sh"],
  Volumes: [],
  WorkingDir: "/srv",
  Labels: new Map([["io.brig.privileged", "true"]]),
};

interface Sample {
  readonly options?: Partial<RunOptions>;
  readonly mounts?: readonly ResolvedMount[];
  readonly devices?: typeof sampleFacts.devices;
  readonly host?: Partial<HostFacts>;
}

function specOf({ options = {}, mounts = [], devices = [], host = {} }: Sample): RuntimeSpec {
  const filled = fillDefaults({ image: "x", ...options });
  const choice = mergeImageConfig(filled, image);
  const namespaces = planNamespaces({ ...filled, network: filled.network === "default" ? "none" : filled.network });
  const security = parseSecurityOptions(filled.securityOpt);
  const facts = { ...sampleFacts, devices, host: { ...sampleFacts.host, ...host } };
  const apart = namespaces.namespaces.map(({ type }) => type);
  const granted = {
    id: "c0ffee",
    options: filled,
    security,
    userns: namespaces.userns,
    apart,
    arch: "x86_64",
  } as const;
  const built = buildRuntimeSpec(
    {
      id: "c0ffee",
      options: filled,
      choice,
      user: resolveUser(choice.user, filled.groupAdd, noAccounts),
      security,
      confinement: {},
      namespaces,
      ...(namespaces.userns === "own" ? { ids: idMappings({ firstId: 600000, size: 65536 }) } : {}),
      hostname: filled.hostname ?? "c0ffee",
      mounts,
      files: new Map([["/etc/hosts", "/state/hosts"]]),
      grants: planGrants(granted, facts),
    },
    facts,
  );
  return built.spec;
}

/** One line for each value. The rules of the seccomp profile are its own tests' business: here only their number counts. */
function linesOf(value: unknown, path = ""): readonly string[] {
  if (path === ".linux.seccomp.syscalls" && Array.isArray(value)) return [`${path}: ${value.length} rules`];
  const isFlat = (item: unknown) => typeof item !== "object" || item === null;
  if (Array.isArray(value) && value.every(isFlat)) return [`${path}: ${value.join(" ")}`];
  if (isFlat(value)) return [`${path}: ${value}`];
  const key = (name: string, item: unknown) => {
    const named = Array.isArray(value) && typeof item === "object" && item !== null;
    if (named && "destination" in item) return `[${item.destination}]`;
    return named && /namespaces$|rlimits$/.test(path) && "type" in item ? `[${item.type}]` : `.${name}`;
  };
  return Object.entries(value as object).flatMap(([name, item]) => linesOf(item, `${path}${key(name, item)}`));
}

const fuse = {
  hostPath: "/dev/fuse",
  containerPath: "/dev/fuse",
  type: "c",
  major: 10,
  minor: 229,
  access: "rw",
  fileMode: 0o666,
} as const;

const samples: Readonly<Record<string, Sample>> = {
  "--userns=host": { options: { userns: "host" } },
  "--network=host": { options: { networks: [bareChoice("host")] } },
  "--privileged": { options: { privileged: true }, devices: [fuse] },
  "-t --user 1000:100 --group-add 5": { options: { tty: true, user: "1000:100", groupAdd: ["5"] } },
  "--cap-drop ALL --cap-add NET_ADMIN": { options: { capDrop: ["ALL"], capAdd: ["NET_ADMIN"] } },
  "--security-opt profile=docker,no-new-privileges,systempaths=unconfined,seccomp=unconfined": {
    options: {
      securityOpt: ["profile=docker", "no-new-privileges", "systempaths=unconfined", "seccomp=unconfined"],
    },
  },
  "--read-only --tmpfs /run -v data:/data -v /src:/src:ro,rslave": {
    options: { readOnly: true },
    mounts: [
      { kind: "tmpfs", target: "/run", options: ["size=1048576"] },
      {
        kind: "volume",
        name: "data",
        source: "/v/data",
        target: "/data",
        readOnly: false,
        anonymous: false,
        copyUp: true,
      },
      { kind: "bind", source: "/src", target: "/src", readOnly: true, recursive: true, propagation: "rslave" },
    ],
  },
  "--ipc=none --uts=host --pid=host --cgroupns=host": {
    options: { ipc: "none", uts: "host", pid: "host", cgroupns: "host" },
  },
  "-m 64m --cpus 0.5 --pids-limit 64 --memory-swap 128m --cgroup-conf memory.high=48m": {
    options: {
      limits: {
        memoryBytes: 64 << 20,
        memorySwapBytes: 128 << 20,
        cpus: 0.5,
        pidsLimit: 64,
        cgroupConf: new Map([["memory.high", "48m"]]),
      },
    },
  },
  "--device /dev/fuse:rw --shm-size 1m --ulimit nofile=100 --sysctl net.ipv4.ip_forward=1": {
    options: {
      shmSizeBytes: 1 << 20,
      ulimits: [{ name: "nofile", soft: 100, hard: 100 }],
      sysctls: new Map([["net.ipv4.ip_forward", "1"]]),
    },
    devices: [fuse],
  },
  "--hostname box --domainname lan --oom-score-adj 100 --annotation a=b": {
    options: { hostname: "box", domainname: "lan", oomScoreAdj: 100, annotations: new Map([["a", "b"]]) },
  },
  "-v x:/dev/shm -v y:/etc/hosts": {
    mounts: [
      { kind: "bind", source: "/x", target: "/dev/shm", readOnly: false, recursive: false, propagation: "rprivate" },
      { kind: "bind", source: "/y", target: "/etc/hosts", readOnly: false, recursive: true, propagation: "rprivate" },
    ],
  },
};

test("buildRuntimeSpec() of a container without flags is the reviewed one", () => {
  compareGolden("specs/default.txt", `${linesOf(specOf({})).join("\n")}\n`);
});

test("buildRuntimeSpec() changes with each flag only what the flag is for", () => {
  const base = new Set(linesOf(specOf({})));
  const sections = Object.entries(samples).map(([flags, sample]) => {
    const lines = new Set(linesOf(specOf(sample)));
    const gone = [...base].filter((line) => !lines.has(line)).map((line) => `- ${line}`);
    const come = [...lines].filter((line) => !base.has(line)).map((line) => `+ ${line}`);
    return `${flags}\n${[...gone, ...come].join("\n")}\n`;
  });
  compareGolden("specs/flags.txt", sections.join("\n"));
});

test("nothing in an image's labels, environment or names has an effect on the specification", () => {
  const text = JSON.stringify(specOf({}));
  assert.ok(!text.includes("io.brig.privileged"));
});

test("buildRuntimeSpec() refuses a score for the memory killer that the caller may not set", () => {
  const scoreOf = (oomScoreAdj: number, host: Partial<HostFacts>) =>
    specOf({ options: { oomScoreAdj }, host }).process.oomScoreAdj;
  const powerless = { effectiveUid: 0, effectiveCapabilities: "0" };
  assert.throws(() => scoreOf(-1, powerless), { code: "invalidValue", hint: /CAP_SYS_RESOURCE.* 0 or more$/ });
  assert.equal(scoreOf(5, powerless), 5);
  assert.equal(scoreOf(-1, { effectiveUid: 1000, effectiveCapabilities: "0" }), -1, "a plan shows what root would get");
  assert.equal(scoreOf(-1, { effectiveUid: 0, effectiveCapabilities: "1ffffffffff" }), -1);
});
