import type { HostFacts } from "./hostFacts.ts";

/** Docker's `version` document: scripts read Client.Version, Server.Version and the ApiVersions. */
export interface VersionReport {
  readonly Client: VersionBlock & { readonly DefaultAPIVersion: string; readonly Context: string };
  readonly Server: VersionBlock & {
    readonly Platform: { readonly Name: string };
    readonly Components: readonly VersionComponent[];
    readonly MinAPIVersion: string;
    readonly KernelVersion: string;
  };
}

interface VersionBlock {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly GitCommit: string;
  /** The name is Docker's; the value names the language run-time that brig really has. */
  readonly GoVersion: string;
  readonly Os: "linux";
  readonly Arch: string;
  readonly BuildTime: string;
}

export interface VersionComponent {
  readonly Name: string;
  readonly Version: string;
  readonly Details: Readonly<Record<string, string>>;
}

/** Which brig this is; unknown parts are empty strings. */
export interface BuildIdentity {
  readonly version: string;
  readonly gitCommit: string;
  /** RFC 3339. */
  readonly buildTime: string;
  /** `v20.19.0` */
  readonly nodeVersion: string;
}

/** The newest and oldest Engine API whose documents brig speaks. */
const apiVersion = "1.47";
const minimumApiVersion = "1.24";

/** Both blocks of `version`. Client and server are the same program: there is no daemon. Pure. */
export function reportVersion(build: BuildIdentity, facts: Pick<HostFacts, "architecture" | "kernel">): VersionReport {
  const block: VersionBlock = {
    Version: build.version,
    ApiVersion: apiVersion,
    GitCommit: build.gitCommit,
    GoVersion: `Node ${build.nodeVersion}`,
    Os: "linux",
    Arch: facts.architecture,
    BuildTime: build.buildTime,
  };
  return {
    Client: { ...block, DefaultAPIVersion: apiVersion, Context: "default" },
    Server: {
      ...block,
      Platform: { Name: "brig, without a daemon" },
      Components: [
        {
          Name: "Engine",
          Version: build.version,
          Details: {
            ApiVersion: apiVersion,
            MinAPIVersion: minimumApiVersion,
            Arch: facts.architecture,
            BuildTime: build.buildTime,
            GitCommit: build.gitCommit,
            GoVersion: block.GoVersion,
            KernelVersion: facts.kernel.release,
            Os: "linux",
          },
        },
        { Name: "brig-helper", Version: build.version, Details: { GitCommit: build.gitCommit } },
      ],
      MinAPIVersion: minimumApiVersion,
      KernelVersion: facts.kernel.release,
    },
  };
}
