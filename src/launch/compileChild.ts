import type { SpecMount } from "../oci/index.ts";
import { hasUserNamespace, namedBinds, namedDevices, namedFileSystems } from "./bindSources.ts";
import { joinsUser, namespaceFlags, newNamespaces } from "./cloneFlags.ts";
import { confinementSteps, labelOption } from "./compileConfinement.ts";
import { joinAsChild } from "./compileJoins.ts";
import { compileNetworkSettings } from "./compileNetwork.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import { isBind, sortMountOptions } from "./mountOptions.ts";
import { type FieldValue, type LaunchStep, stepsOf } from "./plan.ts";

const step = stepsOf("child");

/** The steps of the child phase: everything between a process in new namespaces and a finished root file system. */
export function compileChild(request: LaunchRequest): LaunchStep[] {
  return [
    ...arriveSteps(request),
    ...mountSteps(request),
    ...compileNetworkSettings(request),
    ...protectSteps(request),
    ...pivotSteps(request),
  ];
}

function makes(request: LaunchRequest, kind: string): boolean {
  return request.spec.linux.namespaces.some(({ type, path }) => type === kind && path === undefined);
}

function arriveSteps(request: LaunchRequest): LaunchStep[] {
  const { spec } = request;
  const steps = joinsUser(request) ? inheritSteps(request) : enterSteps(request);
  steps.push(...namespaceSteps(request));
  const propagation = /slave|shared/.test(spec.linux.rootfsPropagation ?? "") ? "MS_SLAVE" : "MS_PRIVATE";
  return [
    ...steps,
    step(
      "mnt.propagation",
      "propagation",
      { propagation: [propagation] },
      { why: "mounts made here must not travel back to the host", doc: "mount_namespaces(7)" },
    ),
    step(
      "root.attach",
      "attachRoot",
      {},
      { why: "the root goes on top of the old one, where pivot_root can swap them", doc: "pivot_root(2)" },
    ),
  ];
}

/** In namespaces that were made with this process; it joins others, and makes what had to wait. */
function enterSteps(request: LaunchRequest): LaunchStep[] {
  const steps = [
    step("user.await", "awaitHost", {}, { why: "until the host has mapped the ids, this process is nobody" }),
    ...confinementSteps(request),
    ...joinAsChild(request),
    ...(hasUserNamespace(request) ? [rootStep] : []),
  ];
  const { unshare } = newNamespaces(request);
  if (unshare.length === 0) return steps;
  const why = 'after joining the group, so that "/" inside means that group';
  return [...steps, step("ns.unshare", "unshare", { flag: namespaceFlags(unshare) }, { why, doc: "unshare(2)" })];
}

/** In another container's user namespace, whose root then makes the process that all else is done by. */
function inheritSteps(request: LaunchRequest): LaunchStep[] {
  return [
    ...confinementSteps(request),
    ...joinAsChild(request),
    rootStep,
    step(
      "user.heir",
      "heir",
      { flag: namespaceFlags(newNamespaces(request).heir) },
      {
        why: "the container's first process: its namespaces belong to the joined user namespace, in which it is born",
        doc: "user_namespaces(7)",
      },
    ),
    step("user.await", "awaitHost", {}, { why: "until its keeper knows it" }),
  ];
}

const rootStep = step(
  "user.root",
  "becomeRoot",
  {},
  { why: "root of the user namespace, so that what is made belongs to root", doc: "user_namespaces(7)" },
);

/** What a new namespace needs before it is of use: a name, a loopback interface that is up. */
function namespaceSteps(request: LaunchRequest): LaunchStep[] {
  const { spec } = request;
  const steps: LaunchStep[] = [];
  if (makes(request, "uts") && (spec.hostname !== undefined || spec.domainname !== undefined)) {
    const name = spec.hostname === undefined ? {} : { name: spec.hostname };
    const domain = spec.domainname === undefined ? {} : { domain: spec.domainname };
    steps.push(
      step(
        "uts.name",
        "hostName",
        { ...name, ...domain },
        { why: "the container's own host name", doc: "uts_namespaces(7)" },
      ),
    );
  }
  if (makes(request, "network")) {
    steps.push(
      step(
        "net.loopback",
        "loopbackUp",
        {},
        { why: "a new network namespace has its loopback interface down", doc: "network_namespaces(7)" },
      ),
    );
  }
  return steps;
}

/** Destinations that belong to the kernel: a symbolic link there is an attack, not a layout. */
const kernelDirectories = /^\/(proc|sys|dev)(\/|$)/;

function mountSteps(request: LaunchRequest): LaunchStep[] {
  const trees = new Map([...namedBinds(request), ...namedFileSystems(request)].map(({ mount, tree }) => [mount, tree]));
  const steps: LaunchStep[] = [];
  for (const mount of request.spec.mounts) {
    const tree = trees.get(mount);
    if (tree !== undefined && request.copyUp.includes(mount.destination)) {
      steps.push(
        step(
          `${tree}.fill`,
          "copyUp",
          { tree, target: mount.destination },
          { why: "a new volume starts with what the image has there" },
        ),
      );
    }
    steps.push(tree === undefined ? mountStep(mount, request) : attachStep(mount, tree));
    if (mount.destination === "/dev") steps.push(...deviceSteps(request));
    if (mount.type === "devpts" && request.spec.process.terminal) steps.push(terminalStep(request));
  }
  return steps;
}

function target(destination: string): Record<string, FieldValue> {
  return { target: destination, ...(kernelDirectories.test(destination) ? { nosymlinks: 1 } : {}) };
}

function mountStep(mount: SpecMount, { spec }: LaunchRequest): LaunchStep {
  const { attributes, fileSystem } = sortMountOptions(mount);
  const type = mount.type === "cgroup" ? "cgroup2" : mount.type;
  const option = fileSystem.filter((name) => !(type === "cgroup2" && name === "relatime"));
  return step(
    `mnt.${mount.destination}`,
    "mount",
    {
      type,
      ...target(mount.destination),
      create: "directory",
      option: [...option, ...labelOption(spec, type)],
      attribute: attributes,
    },
    { why: `a new ${type} of the container's own`, doc: "fsopen(2)" },
  );
}

function attachStep(mount: SpecMount, tree: string): LaunchStep {
  return step(
    `mnt.${mount.destination}`,
    "attach",
    { tree, ...target(mount.destination), create: "match" },
    {
      why: isBind(mount) ? `shows ${mount.source}` : "a mount",
      doc: "move_mount(2)",
    },
  );
}

const deviceLinks = {
  "/dev/fd": "/proc/self/fd",
  "/dev/stdin": "/proc/self/fd/0",
  "/dev/stdout": "/proc/self/fd/1",
  "/dev/stderr": "/proc/self/fd/2",
  "/dev/ptmx": "pts/ptmx",
  "/dev/core": "/proc/kcore",
};

function deviceSteps(request: LaunchRequest): LaunchStep[] {
  const nodes = namedDevices(request).map(({ tree, containerPath }) =>
    step(
      `dev.${containerPath}`,
      "attach",
      { tree, ...target(containerPath), create: "file" },
      { why: "the host's own node: making one needs a privilege that the container does not have" },
    ),
  );
  const links = Object.entries(deviceLinks).map(([link, to]) =>
    step(`dev.${link}`, "symlink", { to, target: link }, { why: "programs expect it" }),
  );
  return [...nodes, ...links];
}

function terminalStep({ spec }: LaunchRequest): LaunchStep {
  const size = spec.process.consoleSize;
  return step(
    "tty.open",
    "terminal",
    {
      target: "/dev/console",
      create: "file",
      nosymlinks: 1,
      owner: spec.process.user.uid,
      ...(size === undefined ? {} : { rows: size.height, columns: size.width }),
    },
    { why: "a pseudo-terminal of the container's own, so that it never touches the caller's", doc: "pty(7)" },
  );
}

function protectSteps({ spec }: LaunchRequest): LaunchStep[] {
  const { sysctl = {}, maskedPaths, readonlyPaths } = spec.linux;
  const tmpfs = {
    option: ["nr_blocks=1", "nr_inodes=1", "mode=755", ...labelOption(spec, "tmpfs")],
    attribute: ["MOUNT_ATTR_RDONLY", "MOUNT_ATTR_NOSUID", "MOUNT_ATTR_NODEV", "MOUNT_ATTR_NOEXEC"],
    set: ["MOUNT_ATTR_RDONLY"],
  };
  return [
    ...Object.entries(sysctl).map(([name, value]) =>
      step(
        `sysctl.${name}`,
        "sysctl",
        { file: `sys/${name.replaceAll(".", "/")}`, value },
        { why: "a kernel setting of the container's own namespaces", doc: "sysctl(8)" },
      ),
    ),
    ...maskedPaths.map((path) =>
      step(
        `mask.${path}`,
        "mask",
        { ...target(path), ...tmpfs },
        { why: "it tells or does more than a container should know or do" },
      ),
    ),
    ...readonlyPaths.map((path) =>
      step(
        `readonly.${path}`,
        "remount",
        { ...target(path), set: ["MOUNT_ATTR_RDONLY"] },
        { why: "readable, but not for a container to change" },
      ),
    ),
  ];
}

function pivotSteps({ spec }: LaunchRequest): LaunchStep[] {
  const readOnly = step(
    "root.readonly",
    "setTree",
    { set: ["MOUNT_ATTR_RDONLY"] },
    { why: "--read-only", doc: "mount_setattr(2)" },
  );
  return [
    step(
      "cwd.make",
      "make",
      { target: spec.process.cwd, create: "directory" },
      { why: "the working directory is made when the image lacks it" },
    ),
    ...(spec.root.readonly ? [readOnly] : []),
    step(
      "root.pivot",
      "pivot",
      {},
      { why: "unlike chroot, the old root can then be unmounted, and nothing leads back to it", doc: "pivot_root(2)" },
    ),
  ];
}
