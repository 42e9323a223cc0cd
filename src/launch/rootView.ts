import type { RuntimeSpec, SpecMount } from "../oci/index.ts";
import { joinStep, targetSteps } from "./compileExec.ts";
import type { ExecRequest } from "./execRequest.ts";
import { type MountIds, mapSteps, mountIds } from "./mountIds.ts";
import { overlayOptions, stageOptions, writableName, writableOptions } from "./overlayOptions.ts";
import type { FieldValue, LaunchStep } from "./plan.ts";

/** A root file system to look into or to change. */
export type RootView = StackedRoot | DirectoryView | RunningRoot;

/** A root that the helper puts together in a mount namespace of its own, which becomes its whole world. */
export interface StackedRoot {
  readonly kind: "stacked";
  /** An engine-owned directory for the helper's staging tmpfs. */
  readonly stage: string;
  /** Layer trees, the lowest first. */
  readonly layers: readonly string[];
  /** The directory that holds `upper` and `work`; without it nothing can be changed. Nothing may run on it. */
  readonly writable?: string;
  /** Laid over the layers, to be read only. */
  readonly upper?: string;
  /** What the container would find mounted, in the order to mount. */
  readonly binds?: readonly ViewBind[];
}

/** Its mappings are from the ids of its files to those that they are shown as. */
export interface ViewBind extends Pick<SpecMount, "uidMappings" | "gidMappings"> {
  readonly source: string;
  readonly destination: string;
  readonly recursive: boolean;
  readonly readOnly: boolean;
  /** The part of the source that is shown; its links must not lead out. */
  readonly part?: string;
}

/** A directory of the host, with what is mounted in it; nothing above it can be named. */
export interface DirectoryView {
  readonly kind: "directory";
  readonly path: string;
  readonly binds?: readonly ViewBind[];
}

/** The root of a container that runs, as its processes see it. */
export interface RunningRoot {
  readonly kind: "running";
  readonly target: ExecRequest["target"];
  readonly spec: RuntimeSpec;
  /** Leave out what is mounted below the root. */
  readonly bare?: boolean;
}

/**
 * The steps after which the helper is inside the root, and can name nothing outside it (SECURITY-BASELINE V60). Pure.
 * For a container that runs it joins the user and the mount namespace, so that it may do no more than the container's
 * root, and nothing of the container is executed.
 */
export function viewSteps(view: RootView): LaunchStep[] {
  if (view.kind === "running") return [openSelf, ...runningSteps(view)];
  const { binds = [] } = view;
  return [
    openSelf,
    ...openBinds(binds),
    ...(view.kind === "stacked" ? stackedSteps(view) : directorySteps(view)),
    ...enterSteps(binds),
  ];
}

export function hostStep(op: string, fields: Record<string, FieldValue>): LaunchStep {
  return { id: op, phase: "host", op, fields, why: "" };
}

/** The descriptors of the helper itself, by which it opens what it has looked at and not what has taken its name. */
export const openSelf = hostStep("openTree", { as: "self", path: "/proc/self/fd" });

function runningSteps({ target, spec, bare }: RunningRoot): LaunchStep[] {
  const ownIds = spec.linux.namespaces.some(({ type }) => type === "user");
  return [
    ...targetSteps(target),
    joinStep("host", spec, ["user", "mount"]),
    ...(ownIds ? [hostStep("becomeRoot", {})] : []),
    // a copy of the mount is the root as the container has it, without what it mounted there
    ...(bare === true
      ? [hostStep("openTree", { as: "bare", path: "/" }), hostStep("useRoot", { tree: "bare" })]
      : [hostStep("joinedRoot", {})]),
  ];
}

function stackedSteps({ stage, layers, upper, writable }: StackedRoot): LaunchStep[] {
  const trees = [...(upper === undefined ? [] : [upper]), ...[...layers].reverse()];
  const open = (as: string, path: string) => hostStep("openTree", { as, path, type: "directory" });
  // overlayfs wants two lower layers when it has no upper one; the second of a single-layer image is empty
  const last = writable === undefined ? hostStep("layer", { slot: trees.length }) : writableLayer;
  const read = ["MOUNT_ATTR_RDONLY", "MOUNT_ATTR_NOSUID", "MOUNT_ATTR_NODEV", "MOUNT_ATTR_NOEXEC"];
  return [
    ...trees.map((path, index) => open(`layer${index}`, path)),
    ...(writable === undefined ? [] : [open("writable", writable)]),
    hostStep("privateMounts", {}),
    hostStep("stage", { at: stage, option: stageOptions }),
    ...trees.map((_, slot) => hostStep("layer", { from: `layer${slot}`, slot })),
    last,
    hostStep("overlay", {
      layers: trees.length + (writable === undefined ? 1 : 0),
      owner: 0,
      attribute: writable === undefined ? read : read.slice(1),
      option: writable === undefined ? [] : [...writableOptions, ...overlayOptions],
    }),
  ];
}

function directorySteps({ path }: DirectoryView): LaunchStep[] {
  return [
    hostStep("openTree", { as: "root", path, type: "directory", recursive: 1 }),
    hostStep("privateMounts", {}),
    hostStep("useRoot", { tree: "root" }),
  ];
}

function enterSteps(binds: readonly ViewBind[]): LaunchStep[] {
  return [
    hostStep("attachRoot", {}),
    ...binds.map(({ destination }, index) =>
      hostStep("attach", { tree: `bind${index}`, target: destination, create: "match" }),
    ),
    hostStep("pivot", {}),
  ];
}

const writableLayer = hostStep("layer", { from: "writable", name: writableName });

function openBinds(binds: readonly ViewBind[]): LaunchStep[] {
  const ids = mountIds(binds);
  return [...mapSteps(ids), ...binds.flatMap((bind, index) => openBind(bind, `bind${index}`, ids.get(bind)))];
}

function openBind(
  { source, recursive, readOnly, part }: ViewBind,
  tree: string,
  ids: MountIds | undefined,
): LaunchStep[] {
  const set = [...(readOnly ? ["MOUNT_ATTR_RDONLY"] : []), ...(ids === undefined ? [] : ["MOUNT_ATTR_IDMAP"])];
  const by = ids === undefined ? {} : { ids: ids.name };
  return [
    hostStep("openTree", {
      as: tree,
      path: source,
      ...(recursive ? { recursive: 1 } : {}),
      ...(part === undefined ? {} : { part }),
    }),
    ...(set.length > 0 ? [hostStep("setTree", { tree, set, ...by, ...(recursive ? { recursive: 1 } : {}) })] : []),
  ];
}
