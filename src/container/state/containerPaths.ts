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

export function containerPaths(root: string, id: string): ContainerPaths {
  const directory = join(containersDirectory(root), id);
  return {
    directory,
    config: join(directory, "config.json"),
    record: join(directory, "container.json"),
    state: join(directory, "state.json"),
    options: join(directory, "options.json"),
    launch: join(directory, "launch.json"),
    exit: join(directory, "exit.json"),
    failure: join(directory, "failure.json"),
    stopped: join(directory, "stopped"),
    upper: join(directory, "upper"),
    work: join(directory, "work"),
    hosts: join(directory, "hosts"),
    hostname: join(directory, "hostname"),
    resolvConf: join(directory, "resolv.conf"),
    stage: join(directory, "stage"),
  };
}
