import { join } from "node:path";
import { makeDirectory, writeFileAtomic } from "../../base/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import type { EtcFiles } from "../spec/etcFiles.ts";
import { joinsUserNamespace } from "../spec/joinsUserNamespace.ts";
import type { ResolvedMount } from "../spec/userMounts.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";

/** Writes the files that are bound into the container and its specification. Each appears whole. */
export function writeContainerFiles(paths: ContainerPaths, files: EtcFiles, spec: RuntimeSpec): void {
  writeEtcFiles(paths, files);
  writeFileAtomic(paths.config, formatSpec(spec));
}

function writeEtcFiles(paths: Pick<ContainerPaths, "hosts" | "hostname" | "resolvConf">, files: EtcFiles): void {
  // Every user of the container reads them.
  writeFileAtomic(paths.hosts, files.hosts, { mode: 0o644 });
  writeFileAtomic(paths.hostname, files.hostname, { mode: 0o644 });
  writeFileAtomic(paths.resolvConf, files.resolvConf, { mode: 0o644 });
}

/**
 * The specification of a bundle that can be moved: the generated files beside `config.json` are named relative to it, as
 * runtime-spec config.md ("Mounts") allows for bind mounts. Anonymous volumes are left out: `rootfs` is writable and this
 * container's own, and what they would be filled from is there already.
 */
export function bundleSpec(spec: RuntimeSpec, paths: ContainerPaths, mounts: readonly ResolvedMount[]): RuntimeSpec {
  const names = new Map([
    [paths.hosts, "hosts"],
    [paths.hostname, "hostname"],
    [paths.resolvConf, "resolv.conf"],
  ]);
  const anonymous = new Set(
    mounts.flatMap((mount) => (mount.kind === "volume" && mount.anonymous ? mount.source : [])),
  );
  const kept = spec.mounts.filter((mount) => !anonymous.has(mount.source));
  const { uidMappings: _, gidMappings: __, ...unmapped } = spec.linux;
  return {
    ...spec,
    // one that is joined has its maps, and others may not be given (runtime-spec config-linux.md, "User namespace mappings")
    linux: joinsUserNamespace(spec.linux) ? unmapped : spec.linux,
    root: { ...spec.root, path: "rootfs" },
    mounts: kept.map((mount) => ({ ...mount, source: names.get(mount.source) ?? mount.source })),
  };
}

/** Writes config.json and the files that it binds; the root file system goes to `rootfs` beside them. */
export async function writeBundle(directory: string, spec: RuntimeSpec, files: EtcFiles): Promise<void> {
  makeDirectory(directory, 0o755);
  writeEtcFiles(
    {
      hosts: join(directory, "hosts"),
      hostname: join(directory, "hostname"),
      resolvConf: join(directory, "resolv.conf"),
    },
    files,
  );
  writeFileAtomic(join(directory, "config.json"), formatSpec(spec), { mode: 0o644 });
}

function formatSpec(spec: RuntimeSpec): string {
  return `${JSON.stringify(spec, undefined, 2)}\n`;
}
