import { EngineError } from "../../base/index.ts";
import type { RunOptions } from "../runOptions.ts";
import { printable } from "./singleLine.ts";

const members: Readonly<Record<keyof RunOptions, true>> = {
  image: true,
  command: true,
  name: true,
  interactive: true,
  tty: true,
  attach: true,
  env: true,
  mounts: true,
  volumesFrom: true,
  workdir: true,
  user: true,
  groupAdd: true,
  hostname: true,
  domainname: true,
  entrypoint: true,
  remove: true,
  readOnly: true,
  capAdd: true,
  capDrop: true,
  privileged: true,
  securityOpt: true,
  networks: true,
  ip: true,
  ip6: true,
  macAddress: true,
  networkAliases: true,
  publish: true,
  publishAll: true,
  expose: true,
  links: true,
  pid: true,
  ipc: true,
  uts: true,
  userns: true,
  cgroupns: true,
  ulimits: true,
  sysctls: true,
  shmSizeBytes: true,
  init: true,
  labels: true,
  cidfile: true,
  pull: true,
  platform: true,
  stopSignal: true,
  devices: true,
  deviceCgroupRules: true,
  addHosts: true,
  dns: true,
  dnsSearch: true,
  dnsOptions: true,
  limits: true,
  oomScoreAdj: true,
  annotations: true,
  restart: true,
  stopTimeoutSec: true,
  pidFile: true,
  timeoutSec: true,
  replace: true,
  detachKeys: true,
  health: true,
  noHealthcheck: true,
  logDriver: true,
  logOptions: true,
};

/**
 * Refuses a member that `RunOptions` does not have: a program in JavaScript that asks for `readonly` instead of `readOnly`
 * must not get a container without what it asked for.
 *
 * @throws EngineError `invalidValue`.
 */
export function requireKnownOptions(options: RunOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(members, name));
  if (unknown === undefined) return;
  throw new EngineError("invalidValue", `a container has no option ${printable(unknown)}`, {
    hint: "the options are the members of RunOptions",
  });
}
