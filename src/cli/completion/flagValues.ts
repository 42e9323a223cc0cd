import { languages } from "../../messages/index.ts";
import type { Flag } from "../flags/flag.ts";
import type { Place, WordKind } from "./wordKinds.ts";

/** What the value of a flag can be, by the flag's name; the flag's own reader takes each of these words. */
const words: Readonly<Record<string, readonly string[]>> = {
  compare: ["runc"],
  lang: languages,
  pull: ["always", "missing", "never"],
  restart: ["no", "always", "unless-stopped", "on-failure"],
  cgroupns: ["private", "host"],
  ipc: ["private", "shareable", "host", "none"],
  pid: ["host"],
  uts: ["host"],
  userns: ["host", "auto", "nomap", "keep-id"],
  "health-on-failure": ["none", "kill", "restart", "stop"],
  "log-driver": ["json-file", "local", "none", "journald", "syslog"],
  "stop-signal": ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL"],
  signal: ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL", "SIGSTOP", "SIGCONT"],
  platform: ["linux/amd64", "linux/arm64"],
  type: ["container", "image", "network", "volume"],
  attach: ["stdin", "stdout", "stderr"],
};

const kinds: Readonly<Record<string, WordKind>> = {
  network: "network",
  "volumes-from": "container",
  link: "container",
  posture: "container",
  volume: "volume",
  config: "file",
  root: "directory",
  "run-root": "directory",
  bundle: "directory",
  directory: "directory",
  "env-file": "file",
  "label-file": "file",
  cidfile: "file",
  pidfile: "file",
  input: "file",
  output: "file",
  htpasswd: "file",
  "tls-cert": "file",
  "tls-key": "file",
  "verify-key": "file",
  device: "file",
};

/** What `--format` takes beside a template, by command. */
const formats: Readonly<Record<string, readonly string[]>> = {
  explain: ["table", "json", "markdown"],
  "plan run": ["table", "json"],
};

const networkDrivers = ["bridge", "macvlan", "ipvlan"];

/** What may follow a flag of a command. Undefined of a switch without words of its own. */
export function valuesOf(flag: Flag<never>, command: string): Place {
  const { long, value, alsoTakes = [] } = flag;
  if (value === undefined) return { kinds: [], words: ["true", "false", ...alsoTakes] };
  if (long === "format") return { kinds: [], words: formats[command.replace(/^container /, "")] ?? ["json"] };
  if (long === "driver" && command === "network create") return { kinds: [], words: networkDrivers };
  // A network and a volume can be what the flag makes up as well.
  const more = long === "network" ? ["host", "none"] : [];
  const kind = kinds[long];
  return { kinds: kind === undefined ? [] : [kind], words: [...(words[long] ?? []), ...more] };
}
