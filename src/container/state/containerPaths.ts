import { join } from "node:path";

/** Where one container keeps its files; ARCHITECTURE.md, "On disk". */
export interface ContainerPaths {
  /** `containers/<id>`: also the OCI bundle, and the directory that holds `upper` and `work`. */
  readonly directory: string;
  readonly config: string;
  readonly record: string;
  readonly state: string;
  readonly options: string;
  readonly launch: string;
  readonly exit: string;
  /** Why the last start failed, if it did. */
  readonly failure: string;
  /** What the helper did at the last start. */
  readonly journal: string;
  /** Present while the user wants the container stopped: `unless-stopped` then leaves it so after a reboot. */
  readonly stopped: string;
  readonly upper: string;
  readonly work: string;
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf: string;
  readonly stage: string;
}

export function containersDirectory(root: string): string {
  return join(root, "containers");
}

/** The hosts file of each of many containers. */
export function hostsPaths(root: string): (id: string) => string {
  const containers = containersDirectory(root);
  return (id) => `${containers}/${id}/hosts`;
}

/** Written without `join`, which would look at each path anew: a list asks for those of every container. */
export function containerPaths(root: string, id: string): ContainerPaths {
  const directory = join(containersDirectory(root), id);
  return {
    directory,
    config: `${directory}/config.json`,
    record: `${directory}/container.json`,
    state: `${directory}/state.json`,
    options: `${directory}/options.json`,
    launch: `${directory}/launch.json`,
    exit: `${directory}/exit.json`,
    failure: `${directory}/failure.json`,
    journal: `${directory}/journal.json`,
    stopped: `${directory}/stopped`,
    upper: `${directory}/upper`,
    work: `${directory}/work`,
    hosts: `${directory}/hosts`,
    hostname: `${directory}/hostname`,
    resolvConf: `${directory}/resolv.conf`,
    stage: `${directory}/stage`,
  };
}
