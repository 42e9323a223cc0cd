import { parseSysctl, parseUlimit } from "../../../container/index.ts";
import type { Flag } from "../flag.ts";
import { each, onOff, pair, type RunDraft, text } from "../runDraft.ts";

const asGiven = (value: string): string => value;

/** What a container can see and may do. */
export const isolationFlags: readonly Flag<RunDraft>[] = [
  {
    long: "cap-add",
    value: "list",
    repeatable: true,
    text: "capability to add (NET_ADMIN, ALL)",
    read: each("capAdd", asGiven),
  },
  {
    long: "cap-drop",
    value: "list",
    repeatable: true,
    text: "capability to take away",
    read: each("capDrop", asGiven),
  },
  {
    long: "cgroupns",
    value: "string",
    text: "cgroup namespace: private or host",
    fallback: "private",
    read: text("cgroupns"),
  },
  {
    long: "ipc",
    value: "string",
    text: "IPC namespace: private, shareable, none, host or container:NAME",
    read: text("ipc"),
  },
  { long: "pid", value: "string", text: "process namespace: its own, or host", read: text("pid") },
  { long: "privileged", text: "take nearly all protection away", read: onOff("privileged") },
  {
    long: "security-opt",
    value: "list",
    repeatable: true,
    text: "security setting (seccomp=FILE, no-new-privileges, ...)",
    read: each("securityOpt", asGiven),
  },
  {
    long: "sysctl",
    value: "map",
    repeatable: true,
    text: "kernel parameter of the container's namespaces (name=value)",
    read: pair("sysctls", parseSysctl),
  },
  {
    long: "ulimit",
    value: "ulimit",
    repeatable: true,
    text: "resource limit of processes (nofile=1024:2048)",
    read: each("ulimits", parseUlimit),
  },
  {
    long: "userns",
    value: "string",
    text: "ids: auto[:size=N,uidmapping=C:H:N,...], nomap, keep-id, host or container:NAME",
    read: text("userns"),
  },
  { long: "uts", value: "string", text: "host name namespace: its own, or host", read: text("uts") },
];
