import { readFileIfExists } from "../../base/index.ts";
import { type ExecRequest, readRunningFiles } from "../../launch/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";

/** Settings that a namespace has of its own (sysctl(8), namespaces(7)) and that differ between hosts and containers. */
const names = [
  ...["kernel.hostname", "kernel.domainname"],
  ...["kernel.shmmax", "kernel.shmall", "kernel.shmmni", "kernel.shm_rmid_forced", "kernel.msgmax", "kernel.msgmnb"],
  ...["kernel.msgmni", "kernel.sem", "fs.mqueue.queues_max", "fs.mqueue.msg_max", "fs.mqueue.msgsize_max"],
  ...[
    "net.core.somaxconn",
    "net.ipv4.ip_forward",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
  ],
  ...[
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_syncookies",
  ],
  ...["net.ipv4.conf.all.rp_filter", "net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.disable_ipv6"],
  "net.ipv6.conf.all.forwarding",
];

const pathOf = (name: string) => `/proc/sys/${name.replaceAll(".", "/")}`;

/** Of the namespaces that this process is in. */
export function hostSysctls(): ReadonlyMap<string, string> {
  return rows((path) => readFileIfExists(path));
}

export interface ContainerSysctls {
  readonly helperPath: string;
  readonly target: ExecRequest["target"];
  readonly spec: RuntimeSpec;
}

/** As the container's processes read them. @throws EngineError `launchFailed` when the container is gone. */
export async function containerSysctls(container: ContainerSysctls): Promise<ReadonlyMap<string, string>> {
  const paths = names.map(pathOf);
  const namespaces = ["user", "mount", "network", "uts", "ipc"] as const;
  const files = await readRunningFiles({ ...container, paths, maxBytes: 4096, namespaces });
  return rows((path) => {
    const file = files.get(path);
    return file === undefined || file.errno !== undefined ? undefined : file.bytes.toString("utf8");
  });
}

function rows(read: (path: string) => string | undefined): ReadonlyMap<string, string> {
  return new Map(
    names.flatMap((name) => {
      const text = read(pathOf(name));
      return text === undefined ? [] : [[name, text.trim().replace(/\s+/g, " ")] as const];
    }),
  );
}
