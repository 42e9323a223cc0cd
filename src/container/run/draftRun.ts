import { arch as processorArchitecture } from "node:os";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { type HostFacts, offers } from "../../host/index.ts";

import {
  type NamespaceTarget,
  nativeArch,
  parseSecurityOptions,
  planAppArmor,
  type SecurityOptions,
} from "../../launch/index.ts";
import { type NamespacePlan, planNamespaces, type UsernsReason } from "../../namespaces/index.ts";
import type { ImageConfig } from "../../oci/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import { requireLogSocket } from "../logs/logSocket.ts";
import { logSocketOf } from "../logs/planLog.ts";
import { mergeImageConfig, type ProcessChoice } from "../mergeImageConfig.ts";
import type { MountRequest } from "../runOptions.ts";
import { requireMappable } from "../spec/mountedIds.ts";
import { type Grants, planGrants } from "../spec/planGrants.ts";
import { gatherRunFacts, idmapObstacles, type RunFacts } from "../spec/runFacts.ts";
import { volumeContent } from "../state/volumes.ts";
import type { EngineContext } from "./engineContext.ts";
import { findJoins } from "./findJoins.ts";
import { inheritedMounts } from "./inheritedMounts.ts";
import { type LentIds, lentIds, neighboursOf } from "./lentIds.ts";
import { volumeSource } from "./resolveMounts.ts";

/** What is decided before anything is made: everything but the id, the name and the ids of the container. */
export interface RunDraft {
  readonly options: FilledOptions;
  readonly choice: ProcessChoice;
  readonly security: SecurityOptions;
  readonly appArmor?: string;
  readonly namespaces: NamespacePlan;
  /** The ids of the container that `--userns=container:NAME` names. */
  readonly lent?: LentIds;
  /** The processes of the containers that it joins. */
  readonly joins: readonly NamespaceTarget[];
  readonly grants: Grants;
  readonly facts: RunFacts & { readonly host: HostFacts };
  readonly notices: readonly string[];
}

/**
 * Decides what can be decided from the options, the image and the host. Makes nothing.
 *
 * @throws EngineError for every option that cannot be granted here.
 */
export function draftRun(options: FilledOptions, image: ImageConfig, context: EngineContext): RunDraft {
  const socket = logSocketOf({ driver: options.logDriver, options: options.logOptions });
  if (socket !== undefined) requireLogSocket(socket);
  const choice = mergeImageConfig(options, image.config);
  const security = parseSecurityOptions(options.securityOpt);
  const host = context.probeHost();
  const asked = security.appArmor === undefined ? {} : { asked: security.appArmor };
  const { privileged } = options;
  const appArmor = planAppArmor({ ...asked, privileged, modules: host.securityModules });
  const lent = lentIds(options.userns, context.root);
  const obstacles = usernsObstacles(options, context.root, host);
  const userns = lent === "host" ? "host" : options.userns;
  const neighbours =
    typeof lent === "object"
      ? { neighbours: neighboursOf(lent, context.root, [options.network, options.pid, options.ipc]) }
      : {};
  const planned = planNamespaces({ ...options, ...neighbours, userns, hostUsernsReasons: obstacles });
  const namespaces = { ...planned, notices: [...planned.notices, ...lentNotices(options, lent)] };
  requireMappable([...options.mounts, ...inheritedMounts(context.root, options.volumesFrom)], namespaces, host);
  const profile = security.seccomp.kind === "file" ? security.seccomp.path : undefined;
  const facts = { ...gatherRunFacts(options, profile), host };
  const apart = [...namespaces.namespaces, ...namespaces.joins].map(({ type }) => type);
  const arch = nativeArch(processorArchitecture());
  const grants = planGrants({ options, security, userns: namespaces.userns, apart, arch }, facts);
  return {
    options,
    choice,
    security,
    ...(appArmor === undefined ? {} : { appArmor }),
    namespaces,
    ...(lent === undefined || lent === "host" ? {} : { lent }),
    joins: findJoins(context, namespaces.joins),
    grants,
    facts,
    notices: [...choice.notices, ...namespaces.notices, ...optionNotices(options), ...grants.notices],
  };
}

/** Why a user namespace of the container's own would not work here, whatever its options are. */
function usernsObstacles(options: FilledOptions, root: string, host: HostFacts): readonly UsernsReason[] {
  // The obstacles matter only where nothing else has asked for the host's user namespace.
  if (options.userns === "host") return [];
  const mounts = [...options.mounts, ...inheritedMounts(root, options.volumesFrom)];
  const missing = (["userNamespace", "idmap", "overlayIdmap"] as const).filter((name) => !offers(host.features, name));
  const sources = [
    { path: join(root, "containers"), option: "the data root" },
    ...mounts.flatMap((mount) => mountedPaths(root, mount)),
  ];
  const kernel = missing.map((name) => ({ option: "this machine", why: `its kernel refuses ${name}` }));
  const none = host.userNamespacesMax === 0 ? [{ option: "this machine", why: "user.max_user_namespaces is 0" }] : [];
  return [...none, ...kernel, ...idmapObstacles(sources), ...mounts.flatMap((mount) => foreignVolume(root, mount))];
}

function mountedPaths(
  root: string,
  mount: MountRequest,
): readonly { readonly path: string; readonly option: string }[] {
  if (mount.kind === "bind") return [{ path: mount.source, option: `the mount of "${mount.source}"` }];
  if (mount.kind === "tmpfs") return [];
  const shown = volumeSource(root, mount.name ?? "", mount);
  if (shown.kind === "bind") return [{ path: shown.path, option: `the volume "${mount.name}"` }];
  return shown.kind === "directory" ? [{ path: volumeContent(root, mount.name ?? ""), option: "the volumes" }] : [];
}

/** File systems of devices whose ids can be mapped on every kernel that brig runs on (mount_setattr(2), "ID-mapped mounts"). */
const mappable: ReadonlySet<string> = new Set(["btrfs", "erofs", "exfat", "ext4", "f2fs", "vfat", "xfs"]);

function foreignVolume(root: string, mount: MountRequest): readonly UsernsReason[] {
  if (mount.kind !== "volume") return [];
  const shown = volumeSource(root, mount.name ?? "", mount);
  if (shown.kind !== "device" || mappable.has(shown.type)) return [];
  return [{ option: `the volume "${mount.name ?? ""}"`, why: `${shown.type} takes no id map` }];
}

function lentNotices({ userns }: FilledOptions, lent: ReturnType<typeof lentIds>): readonly string[] {
  return lent === "host" ? [`--userns=${userns} brings the host's user namespace: that container has it`] : [];
}

function optionNotices({ network, publish, publishAll }: FilledOptions): readonly string[] {
  const discarded = (publish.length > 0 || publishAll) && (network === "host" || network === "none");
  return discarded ? [`published ports are discarded when using ${network} network mode`] : [];
}

/** The host name: as asked, the host's own where the network or UTS namespace is shared, else the id's first digits. */
export function hostnameOf({ options, facts }: RunDraft, id: string): string {
  if (options.hostname !== undefined) return options.hostname;
  if (options.uts === "host" || options.network === "host") return facts.hostFiles.hostname;
  return id.slice(0, 12);
}

/** @throws EngineError `notRoot` unless the caller may make containers. */
export function requireRoot(host: HostFacts): void {
  if (host.effectiveUid === 0) return;
  throw new EngineError("notRoot", "cannot run a container as a user other than root", {
    hint: "use sudo; brig plan run needs no root",
  });
}
