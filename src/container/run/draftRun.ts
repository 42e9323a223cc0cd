import { arch as processorArchitecture } from "node:os";
import { type ContainerId, EngineError } from "../../base/index.ts";
import type { HostFacts } from "../../host/index.ts";
import {
  type NamespaceTarget,
  nativeArch,
  parseSecurityOptions,
  planAppArmor,
  type SecurityOptions,
} from "../../launch/index.ts";
import { foreseenIds, type IdMaps, type NamespacePlan, ownIdCount, planNamespaces } from "../../namespaces/index.ts";
import type { ImageConfig } from "../../oci/index.ts";
import { requireExecutables } from "../completeEnv.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { Accounts } from "../identity/accounts.ts";
import { type ForeseenUser, foreseeUser } from "../identity/foreseeUser.ts";
import { boundAccounts } from "../identity/imageAccounts.ts";
import { requireMappedIds } from "../identity/requireMappedIds.ts";
import { requireLogSocket } from "../logs/logSocket.ts";
import { logSocketOf } from "../logs/planLog.ts";
import { mergeImageConfig, type ProcessChoice } from "../mergeImageConfig.ts";
import { requireMappable } from "../spec/mountedIds.ts";
import { type Grants, planGrants } from "../spec/planGrants.ts";
import { gatherRunFacts, type RunFacts } from "../spec/runFacts.ts";
import type { EngineContext } from "./engineContext.ts";
import { findJoins } from "./findJoins.ts";
import { inheritedMounts } from "./inheritedMounts.ts";
import { type LentIds, lentIds, neighboursOf } from "./lentIds.ts";
import { checkMounts, type NamedMount, nameMounts, showVolumes } from "./resolveMounts.ts";
import { usernsObstacles } from "./usernsObstacles.ts";

export interface DraftRequest {
  /** Of the container to be. */
  readonly id: ContainerId;
  readonly options: FilledOptions;
  readonly config: ImageConfig;
  /** Those of the image; absent: nobody has looked into it yet. */
  readonly accounts?: Accounts;
}

/** What is decided before anything is made: everything but the name of the container and which ids of the host are its. */
export interface RunDraft {
  readonly id: ContainerId;
  readonly options: FilledOptions;
  readonly choice: ProcessChoice;
  /** The files to try for the command, in this order. */
  readonly executables: readonly string[];
  readonly user: ForeseenUser;
  readonly mounts: readonly NamedMount[];
  readonly security: SecurityOptions;
  readonly appArmor?: string;
  readonly namespaces: NamespacePlan;
  /** Its ids when it has ids of its own; those of the host are not known yet, unless they are lent. */
  readonly ids?: IdMaps;
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
 * @throws EngineError for every option that cannot be granted here, and for a user or a command that cannot be.
 */
export function draftRun({ id, options, config, accounts }: DraftRequest, context: EngineContext): RunDraft {
  const socket = logSocketOf({ driver: options.logDriver, options: options.logOptions });
  if (socket !== undefined) requireLogSocket(socket);
  const choice = mergeImageConfig(options, config.config);
  const inherited = inheritedMounts(context.root, options.volumesFrom);
  const mounts = nameMounts(options, choice.imageVolumes, inherited);
  const shown = showVolumes(context.root, mounts);
  checkMounts(shown);
  const security = parseSecurityOptions(options.securityOpt);
  const host = context.probeHost();
  const asked = security.appArmor === undefined ? {} : { asked: security.appArmor };
  const { privileged } = options;
  const appArmor = planAppArmor({ ...asked, privileged, modules: host.securityModules });
  const lent = lentIds(options.userns, context.root);
  // The obstacles matter only where nothing else has asked for the host's user namespace.
  const obstacles = options.userns === "host" ? [] : usernsObstacles(shown, { root: context.root, host });
  const userns = lent === "host" ? "host" : options.userns;
  const neighbours =
    typeof lent === "object"
      ? { neighbours: neighboursOf(lent, context.root, [options.network, options.pid, options.ipc]) }
      : {};
  const planned = planNamespaces({ ...options, ...neighbours, userns, hostUsernsReasons: obstacles });
  const namespaces = { ...planned, notices: [...planned.notices, ...lentNotices(options, lent)] };
  const ids = idsOf(namespaces, lent);
  requireMappable(mounts, namespaces, { host, ...ids });
  const user = foreseeUser(choice.user, options.groupAdd, accounts && boundAccounts(accounts, options.mounts));
  if (ids.ids !== undefined) requireMappedIds(user.user, ids.ids);
  const profile = security.seccomp.kind === "file" ? security.seccomp.path : undefined;
  const facts = { ...gatherRunFacts(options, profile), host };
  const apart = [...namespaces.namespaces, ...namespaces.joins].map(({ type }) => type);
  const arch = nativeArch(processorArchitecture());
  const grants = planGrants({ id, options, security, userns: namespaces.userns, apart, arch }, facts);
  return {
    id,
    options,
    choice,
    executables: requireExecutables(choice.args[0] ?? "", choice.env),
    user,
    mounts,
    security,
    ...(appArmor === undefined ? {} : { appArmor }),
    namespaces,
    ...ids,
    ...(lent === undefined || lent === "host" ? {} : { lent }),
    joins: findJoins(context, namespaces.joins),
    grants,
    facts,
    notices: [...choice.notices, ...namespaces.notices, ...optionNotices(options), ...grants.notices],
  };
}

function idsOf({ userns, usernsMode }: NamespacePlan, lent: ReturnType<typeof lentIds>): { readonly ids?: IdMaps } {
  if (userns === "host") return {};
  if (typeof lent === "object") return { ids: lent.maps };
  return { ids: foreseenIds(ownIdCount(usernsMode), "users" in usernsMode ? usernsMode : undefined) };
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
