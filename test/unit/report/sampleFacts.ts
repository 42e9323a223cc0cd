import type { ContainerId } from "../../../src/base/index.ts";
import type { GroupFact, NamespaceFact } from "../../../src/container/index.ts";
import type { SeenMount } from "../../../src/host/index.ts";
import type { LaunchStep } from "../../../src/launch/index.ts";
import type { ReportFacts } from "../../../src/report/facts.ts";

const id = "ab".repeat(32) as ContainerId;

const kinds = ["user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time"];
const hostNamespaces: readonly NamespaceFact[] = kinds.map((kind, index) => ({
  ...{ kind, number: String(4026531830 + index), owner: "4026531830" },
}));
const ownNamespaces: readonly NamespaceFact[] = kinds.map((kind, index) =>
  kind === "time" ? { kind, number: "4026531837" } : { kind, number: String(4026532000 + index), owner: "4026532000" },
);

function mount(point: string, type: string, options: readonly string[] = ["rw"]): SeenMount {
  const rest = { part: "/", source: type, superOptions: "rw", propagation: [], groups: [] };
  return { id: "1", point, type, options: options.join(","), ...rest };
}

const stall = { avg10: 1.5, avg60: 0.25, avg300: 0, totalUs: 1234 };
const group: GroupFact = {
  directory: "/sys/fs/cgroup/brig/own",
  place: "own",
  limits: [["memory.max", "67108864"]],
  controllers: ["cpu", "memory"],
  statistics: {
    memory: { current: 1_048_576, peak: 2_097_152, max: 67_108_864 },
    cpu: { usageUs: 4000, userUs: 1000, systemUs: 3000 },
    pids: { current: 2, max: 100 },
  },
  events: { memory: { oom: 0, oomKill: 0, high: 0, max: 0 } },
  pressure: { memory: { some: stall, full: stall } },
  processes: 2,
  otherGroups: 0,
};

const step = (name: string, fields: LaunchStep["fields"]): LaunchStep => ({
  ...{ id: name, phase: "init", op: "execute", fields, why: "the payload takes over this process" },
});

/** Facts about a container that runs, with something of everything in them. */
export const sampleFacts: ReportFacts = {
  time: "2026-03-01T12:00:00.000Z",
  version: "0.1.0",
  container: {
    ...{ id, name: "web", image: "shop:1", created: "2026-03-01T11:00:00Z", command: ["httpd", "-f"], user: "www" },
    ...{ hostname: "web", variables: ["PATH", "TOKEN"], labels: [["team", "shop"]], why: "" },
    ...{
      Status: "running",
      ExitCode: 0,
      OOMKilled: false,
      StartedAt: "2026-03-01T11:30:00Z",
      FinishedAt: "0001-01-01T00:00:00Z",
    },
    ...{ writtenBytes: 4096, hostIdsBecause: [] },
    idMaps: {
      UidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
      GidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
    },
  },
  journal: {
    ...{ id, name: "web", time: "2026-03-01T11:30:00Z", restarts: 0, outcome: "started", dropped: 0 },
    calls: [
      {
        ...{ step: "clone", why: "the first process", process: "host", call: "clone3" },
        args: "flags=0x1",
        result: 7,
        startNs: 0,
        tookNs: 500_000,
      },
      {
        ...{ step: "mnt./data", why: "a volume", process: "child", call: "move_mount" },
        args: '24 -> "/data"',
        result: 0,
        startNs: 600_000,
        tookNs: 2000,
      },
      {
        ...{ step: "exec", why: "the payload", process: "init", call: "execve" },
        args: '"/sbin/httpd"',
        result: -1,
        errno: "ENOENT",
        startNs: 700_000,
        tookNs: 1000,
      },
      {
        ...{ step: "exec", why: "the payload", process: "init", call: "execve" },
        args: '"/bin/httpd"',
        result: 0,
        startNs: 800_000,
        tookNs: 1000,
      },
    ],
  },
  surroundings: {
    id,
    name: "web",
    spec: {
      ociVersion: "1.0.2",
      root: { path: "rootfs", readonly: true },
      hostname: "web",
      mounts: [{ destination: "/data", type: "bind", source: "/srv/data", options: ["rbind", "rprivate"] }],
      process: {
        ...{
          terminal: false,
          user: { uid: 0, gid: 0, additionalGids: [10] },
          args: ["httpd"],
          env: ["PATH"],
          cwd: "/",
        },
        capabilities: {
          bounding: ["CAP_CHOWN", "CAP_NET_ADMIN"],
          effective: [],
          permitted: [],
          inheritable: [],
          ambient: [],
        },
        rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 2048 }],
        noNewPrivileges: true,
      },
      linux: {
        namespaces: [{ type: "user" }, { type: "mount" }, { type: "network", path: "/proc/1/ns/net" }],
        devices: [],
        cgroupsPath: "/brig/own",
        resources: { devices: [], memory: { limit: 67_108_864 }, pids: { limit: 100 } },
        maskedPaths: ["/proc/keys"],
        readonlyPaths: ["/proc/bus"],
        seccomp: { defaultAction: "SCMP_ACT_ERRNO", architectures: [], syscalls: [] },
      },
    },
    steps: [
      { id: "clone", phase: "host", op: "clone", why: "the first process", doc: "clone(2)" },
      { id: "exec", phase: "init", op: "execute", why: "the payload" },
    ],
    mounts: [
      { kind: "volume", target: "/data", source: "data", readOnly: false, anonymous: false, hostPath: "/srv/data" },
    ],
    layers: ["/layers/1/tree"],
    writable: "/containers/ab/upper",
    groups: [{ ...group, directory: "/sys/fs/cgroup/brig", place: "above", otherGroups: 3 }, group],
    network: {
      mode: "apps",
      ends: [
        {
          endpoint: {
            ...{
              network: "apps",
              networkId: "1",
              id: "2",
              interfaceName: "eth0",
              hostInterface: "bv1",
              mac: "02:42:0a:63:00:02",
            },
            ipv4: { address: "10.99.0.2", prefixLength: 24, gateway: "10.99.0.1" },
            ...{ aliases: [], dnsNames: ["web"], links: [], gatewayPriority: 0, wanted: {} },
          },
          network: {
            ...{
              version: 1,
              name: "apps",
              id: "1",
              driver: "bridge",
              created: "2026-03-01T10:00:00Z",
              internal: false,
              ipv6: false,
            },
            subnets: [{ family: 4, subnet: "10.99.0.0/24", gateway: "10.99.0.1", auxAddresses: {} }],
            ...{ attachable: false, options: {}, labels: {}, mtu: 1500, hostInterface: "br-1" },
          },
        },
      ],
      ports: [{ hostIp: "0.0.0.0", hostPort: 8080, containerPort: 80, protocol: "tcp" }],
      wanted: [{ hostPort: { first: 8080, last: 8080 }, containerPort: 80, protocol: "tcp" }],
      rules: {
        chains: [
          {
            name: "forward",
            hook: "type filter hook forward priority filter; policy accept;",
            rules: ["oifname @bridges drop"],
          },
        ],
        elements: [{ set: "address4", element: "tcp . 8080 : 10.99.0.2" }],
      },
    },
    dockerCapabilities: ["CAP_CHOWN", "CAP_MKNOD"],
    calls: new Map([
      ["read", "allowed"],
      ["mount", "allowed"],
      ["bpf", "refused"],
    ]),
    dockerCalls: new Map([
      ["read", "allowed"],
      ["mount", "refused"],
      ["bpf", "refused"],
    ]),
    live: {
      pid: 4711,
      namespaces: ownNamespaces,
      host: hostNamespaces,
      others: [
        {
          name: "db",
          namespaces: ownNamespaces.map((fact) => (fact.kind === "net" ? fact : { ...fact, number: "9" })),
        },
      ],
      mounts: [mount("/", "overlay"), mount("/data", "ext4", ["rw", "idmapped"]), mount("/proc/keys", "devtmpfs")],
      hostMounts: [mount("/", "ext4")],
      capabilities: new Map([["CAP_CHOWN", "effective"]]),
      process: new Map([["seccomp", "filter"]]),
    },
  },
  layers: [
    {
      createdBy: "COPY site /srv",
      layer: {
        digest: "sha256:1234",
        packedBytes: 10,
        unpackedBytes: 30,
        wastedBytes: 10,
        added: 1,
        changed: 2,
        deleted: 3,
      },
    },
    { createdBy: "ENV TOKEN=…" },
  ],
  usage: {
    ...{ id, name: "web", asked: "web", running: true, cpuPercent: 12.5, tasks: 2, pressure: {} },
  },
  flags: {
    effects: [
      {
        option: "publish",
        compared: "alone",
        changes: [{ change: "added", step: step("net.ports", { tool: "nft" }) }],
      },
      {
        ...{ option: "env", compared: "among" },
        changes: [
          {
            change: "changed",
            step: step("exec", {}),
            fields: [{ field: "env", before: ["PATH"], after: ["PATH", "TOKEN"] }],
          },
        ],
      },
      { option: "labels", compared: "alone", changes: [] },
    ],
    whole: { changes: [{ change: "removed", step: step("net.ports", {}) }], same: 100 },
  },
};
