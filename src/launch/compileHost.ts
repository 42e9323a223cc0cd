import { commonHostId, formatIdMap } from "../namespaces/index.ts";
import { hasUserNamespace, namedBinds, namedDevices, namedFileSystems, takesIdMap } from "./bindSources.ts";
import { borrowSteps, lenderOf } from "./borrowedMounts.ts";
import { joinsUser, namespaceFlags, newNamespaces } from "./cloneFlags.ts";
import { compileConfinementReady } from "./compileConfinement.ts";
import { joinBeforeClone } from "./compileJoins.ts";
import { compileNetworkReady, compileNetworkStart } from "./compileNetwork.ts";
import type { LaunchRequest, OverlayRoot } from "./launchRequest.ts";
import { mapSteps, mountIds } from "./mountIds.ts";
import { sortMountOptions } from "./mountOptions.ts";
import { oomScoreSteps } from "./oomScore.ts";
import { overlayRootOptions, stageOptions, writableName } from "./overlayOptions.ts";
import { type FieldValue, type LaunchStep, stepsOf } from "./plan.ts";

const step = stepsOf("host");

/**
 * The steps of the host phase. Their order has reasons: the group exists before the child, which is born in it;
 * sources are opened in the host's mount namespace, where propagation still works, and before any id changes; layers
 * are idmapped while they are detached (mount_setattr(2)) and after the child's ids exist. The network is made meanwhile, by
 * processes that are begun as soon as its namespace is there.
 */
export function compileHost(request: LaunchRequest): LaunchStep[] {
  return [
    ...compileConfinementReady(request),
    ...cgroupSteps(request),
    ...openSteps(request),
    ...cloneSteps(request),
    ...compileNetworkStart(request),
    ...attributeSteps(request),
    ...rootSteps(request),
    ...compileNetworkReady(request),
  ];
}

function cgroupSteps({ cgroup }: LaunchRequest): LaunchStep[] {
  if (cgroup === undefined) return [];
  const steps: LaunchStep[] = [];
  for (const { directory, enable } of cgroup.parents) {
    steps.push(
      step(
        "cg.parent",
        "cgroupMake",
        { path: directory },
        { why: "the group that holds brig's containers", doc: "cgroups(7)" },
      ),
    );
    if (enable.length > 0) {
      const value = enable.map((controller) => `+${controller}`).join(" ");
      steps.push(
        step(
          "cg.enable",
          "setting",
          { file: `${directory}/cgroup.subtree_control`, value },
          { why: "let the groups below use these controllers", doc: "cgroups(7)" },
        ),
      );
    }
  }
  steps.push(
    step(
      "cg.group",
      "cgroupMake",
      { path: cgroup.directory },
      { why: "the container's own group: limits, statistics, and one place to kill it by", doc: "cgroups(7)" },
    ),
  );
  for (const { file, value } of cgroup.writes) {
    steps.push(
      step(
        `cg.${file}`,
        "setting",
        { file: `${cgroup.directory}/${file}`, value },
        { why: "a limit, in place before the payload can use anything", doc: "cgroups(7)" },
      ),
    );
  }
  if (cgroup.deviceFilter !== undefined) {
    steps.push(
      step(
        "cg.devices",
        "cgroupDevices",
        { program: cgroup.deviceFilter },
        { why: "only the allowed devices can be opened, whatever nodes the container makes", doc: "bpf(2)" },
      ),
    );
  }
  return steps;
}

function openSteps(request: LaunchRequest): LaunchStep[] {
  const steps: LaunchStep[] = [];
  const open = (id: string, fields: Record<string, FieldValue>, why: string) =>
    steps.push(step(id, "openTree", fields, { why, doc: "open_tree(2)" }));
  if (request.root.kind === "directory") {
    open(
      "root.open",
      { as: "root", path: request.root.path, type: "directory" },
      "the directory that becomes the root",
    );
  } else {
    for (const [index, path] of [...request.root.layers].reverse().entries()) {
      open(
        `layer.${index}.open`,
        { as: `layer${index}`, path, type: "directory" },
        index === 0 ? "the topmost layer of the image" : "a layer of the image",
      );
    }
    open(
      "writable.open",
      { as: "writable", path: request.root.writable, type: "directory" },
      "what the container writes goes here",
    );
  }
  for (const { tree, hostPath, type, major, minor } of namedDevices(request)) {
    open(
      `dev.${tree}.open`,
      { as: tree, path: hostPath, device: `${type}:${major}:${minor}` },
      "a device node, checked to be that device",
    );
  }
  for (const { tree, mount } of namedBinds(request)) {
    const lender = lenderOf(mount, request);
    if (lender !== undefined) {
      steps.push(...borrowSteps({ tree, mount, lender }));
      continue;
    }
    const recursive = sortMountOptions(mount).recursive ? { recursive: 1 } : {};
    const part = request.parts?.find(({ target }) => target === mount.destination);
    const source = part === undefined ? { path: mount.source } : { path: part.directory, part: part.part };
    open(`${tree}.open`, { as: tree, ...source, ...recursive }, `the source of ${mount.destination}`);
  }
  for (const { tree, mount } of namedFileSystems(request)) {
    const { attributes, fileSystem } = sortMountOptions(mount);
    steps.push(
      step(
        `${tree}.mount`,
        "mount",
        { as: tree, type: mount.type, source: mount.source, option: fileSystem, attribute: attributes },
        { why: `the file system for ${mount.destination}, which only the host may mount`, doc: "fsopen(2)" },
      ),
    );
  }
  return steps;
}

function cloneSteps(request: LaunchRequest): LaunchStep[] {
  const { spec } = request;
  const { clone: kinds } = newNamespaces(request);
  const heir = joinsUser(request);
  const steps = [
    step(
      "mnt.private",
      "privateMounts",
      {},
      { why: "what the helper mounts from here on must not show on the host", doc: "mount_namespaces(7)" },
    ),
    step(
      "mnt.stage",
      "stage",
      { at: request.stage, option: stageOptions },
      { why: "a small tmpfs on which layers get short names", doc: "fsopen(2)" },
    ),
    ...joinBeforeClone(request),
    ...oomScoreSteps(spec),
    step(
      "clone",
      "clone",
      { flag: namespaceFlags(kinds), ...(heir ? { heir: 1 } : {}) },
      {
        why: heir
          ? "the process that joins the other container's user namespace, and makes the first one in it"
          : `the container's first process, with its own ${kinds.join(", ")} namespaces`,
        doc: "clone(2)",
      },
    ),
  ];
  if (kinds.includes("user")) {
    const { uidMappings = [], gidMappings = [] } = spec.linux;
    steps.push(
      step(
        "user.map",
        "mapIds",
        { uids: formatIdMap(uidMappings), gids: formatIdMap(gidMappings) },
        { why: "the container's root is nobody in particular on the host", doc: "user_namespaces(7)" },
      ),
    );
  }
  const why = heir ? "it may go on: its keeper knows it" : "the child may go on: its ids mean something now";
  return [...steps, step("user.release", "release", {}, { why })];
}

/** Attributes and idmaps of everything that was opened. Device nodes are left as they are: devtmpfs takes no idmap. */
function attributeSteps(request: LaunchRequest): LaunchStep[] {
  const ids = mountIds(request.spec.mounts);
  const steps = mapSteps(ids);
  const idmap = hasUserNamespace(request) ? ["MOUNT_ATTR_IDMAP"] : [];
  const set = (tree: string, fields: Record<string, FieldValue>, why: string) =>
    steps.push(step(`${tree}.set`, "setTree", { tree, ...fields }, { why, doc: "mount_setattr(2)" }));
  for (const tree of idmap.length > 0 ? rootTrees(request) : []) {
    set(tree, { set: idmap }, "its files belong to the ids that the container sees, without a chown or a copy");
  }
  for (const { tree, mount } of namedBinds(request)) {
    const { attributes, propagation, recursive } = sortMountOptions(mount);
    const own = ids.get(mount);
    const mapped = own !== undefined || (idmap.length > 0 && takesIdMap(mount));
    const flags = [...attributes, ...(mapped ? ["MOUNT_ATTR_IDMAP"] : [])];
    if (flags.length === 0 && propagation === undefined) continue;
    set(
      tree,
      {
        set: flags,
        ...(own === undefined ? {} : { ids: own.name }),
        ...(propagation === undefined ? {} : { propagation }),
        ...(recursive ? { recursive: 1 } : {}),
      },
      `how ${mount.destination} shows its source${attributes.includes("MOUNT_ATTR_RDONLY") ? ": read-only" : ""}`,
    );
  }
  for (const { tree } of idmap.length > 0 ? namedFileSystems(request) : []) {
    set(tree, { set: idmap }, "its files belong to the ids that the container sees");
  }
  return steps;
}

function rootTrees({ root }: LaunchRequest): readonly string[] {
  if (root.kind === "directory") return ["root"];
  return [...root.layers.map((_, index) => `layer${index}`), "writable"];
}

function rootSteps(request: LaunchRequest): LaunchStep[] {
  const hand = step(
    "root.hand",
    "handRoot",
    {},
    { why: "the child mounts it in its own mount namespace", doc: "unix(7)" },
  );
  if (request.root.kind === "directory") {
    return [step("root.use", "useRoot", { tree: "root" }, { why: "the directory is the root as it is" }), hand];
  }
  return [...overlaySteps(request.root, request), hand];
}

function overlayOwner(request: LaunchRequest): number {
  const { uidMappings = [], gidMappings = [] } = request.spec.linux;
  return hasUserNamespace(request) ? (commonHostId({ uidMappings, gidMappings }) ?? 0) : 0;
}

/** The steps from opened layer trees to a mounted overlay, whose owner is the host id of the root that works on `upper`. */
function overlaySteps(root: OverlayRoot, request: LaunchRequest): LaunchStep[] {
  const count = root.layers.length;
  const slots = root.layers.map((_, slot) =>
    step(
      `layer.${slot}.stage`,
      "layer",
      { from: `layer${slot}`, slot },
      { why: "a short name for overlayfs", doc: "move_mount(2)" },
    ),
  );
  return [
    ...slots,
    step(
      "writable.stage",
      "layer",
      { from: "writable", name: writableName },
      { why: "a short name for overlayfs", doc: "move_mount(2)" },
    ),
    step(
      "root.overlay",
      "overlay",
      {
        layers: count,
        owner: overlayOwner(request),
        attribute: ["MOUNT_ATTR_NODEV"],
        option: overlayRootOptions(root, request.spec),
      },
      {
        why: "the image's layers below, one writable layer on top; device nodes in them stay files without effect",
        doc: "https://docs.kernel.org/filesystems/overlayfs.html",
      },
    ),
  ];
}
