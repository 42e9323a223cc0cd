// docs/reference/steps.md: every operation of a plan. Which there are is read from the native helper.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../steps/project.mjs";

const intro = `# Steps

A plan is a list of steps, each with an operation of the native helper, its fields and its reason: \`brig plan run\` shows them before,
\`brig explain\` afterwards. These are the operations, by the phase that they belong to; a phase may use
those of another. *Since* is the version of Linux that has
the call in the form that brig uses; brig needs 6.1 for all of them together. Which operations there are comes from the tables of
\`native/operations_*.c\` (\`node scripts/references.mjs\`).
`;

const phases = {
  host: "host: the helper, outside the container, with the caller's ids",
  child: "child: the container's first process, in its new namespaces",
  init: "init: the same process gives up privileges and becomes the payload",
};

/** What an operation does, where to read about it, and since when Linux has it. */
const operations = {
  openTree: [
    "opens a path as a detached copy of its mount and keeps it under a name; a device is checked to be the one it should be",
    "open_tree(2)",
    "5.2",
  ],
  borrowTree: ["takes a mount of another container, cloned in that one's mount namespace", "open_tree(2)", "5.2"],
  privateMounts: [
    "moves the helper into a mount namespace of its own, whose mounts do not travel back",
    "mount_namespaces(7)",
    "2.4",
  ],
  stage: ["mounts a small tmpfs on which layers get short names", "fsopen(2)", "5.2"],
  layer: ["attaches a kept tree under its short name", "move_mount(2)", "5.2"],
  setTree: ["sets attributes, propagation and the id map of a kept tree or of the root", "mount_setattr(2)", "5.12"],
  cgroupMake: ["makes a control group and keeps it open", "cgroups(7)", "4.5"],
  cgroupOpen: ["opens the control group of a container that runs", "cgroups(7)", "4.5"],
  cgroupDevices: ["loads the device filter and attaches it to the group", "bpf(2)", "4.15"],
  clone: ["makes the container's first process, in its namespaces and its group from birth", "clone(2)", "5.7"],
  heir: [
    "makes the container's first process in a user namespace that the child has joined, and goes on in it",
    "user_namespaces(7)",
    "5.7",
  ],
  mapIds: [
    "writes the id maps of the child's user namespace, or makes a user namespace for its maps alone",
    "user_namespaces(7)",
    "3.8",
  ],
  release: ["lets the child go on that waits for the helper", "pipe(2)", ""],
  target: ["opens the process whose namespaces are joined, and checks that it is that one", "pidfd_open(2)", "5.3"],
  undumpable: ["keeps processes of the container from tracing the helper", "PR_SET_DUMPABLE(2const)", "2.4"],
  join: ["joins namespaces of a target, all in one call", "setns(2)", "5.8"],
  network: ["opens the network namespace of the child or of a target", "network_namespaces(7)", "2.6.29"],
  tool: ["runs ip, nft or tc to its end, with its input from memory", "ip(8), nft(8), tc(8)", ""],
  beside: ["carries another phase out in a process beside this one", "fork(2)", ""],
  gather: ["waits for such a phase, which must have gone well", "waitid(2)", "2.6"],
  setting: ["writes a file of the kernel", "proc(5), cgroups(7)", ""],
  sysctl: [
    "writes a file of the container's own procfs: a kernel setting of its namespaces, or what confines the process itself",
    "sysctl(8), proc_pid_attr(5)",
    "",
  ],
  signal: ["sends a signal to a target", "pidfd_send_signal(2)", "5.1"],
  overlay: [
    "makes the overlay of the layers and the writable directory",
    "https://docs.kernel.org/filesystems/overlayfs.html",
    "5.19",
  ],
  useRoot: ["takes a kept tree as the root as it is", "move_mount(2)", "5.2"],
  handRoot: ["hands the root to the child by a descriptor", "unix(7)", ""],
  readFile: ["reads a file of the root for the planner", "openat2(2)", "5.6"],
  archive: ["writes what is at a path of the root to stdout as records", "openat2(2)", "5.6"],
  unpack: ["makes what stdin describes in the root", "openat2(2)", "5.6"],
  remove: ["deletes entries of a directory of brig's own", "unlink(2)", ""],
  measure: ["adds up how much is below directories", "stat(2)", ""],
  awaitHost: ["waits until the helper outside has done its part", "pipe(2)", ""],
  becomeRoot: ["becomes root of the user namespace", "setresuid(2)", ""],
  unshare: ["makes namespaces that can only be made from inside", "unshare(2)", ""],
  propagation: ["sets the propagation of all mounts", "mount_namespaces(7)", "5.12"],
  hostName: ["sets the host name and the NIS domain name", "uts_namespaces(7)", ""],
  loopbackUp: ["switches the loopback interface on", "netdevice(7)", ""],
  attachRoot: ["puts the new root on top of the old one", "move_mount(2)", "5.2"],
  mount: ["makes a new file system, attaches it in the root, keeps it under a name, or both", "fsopen(2)", "5.2"],
  attach: ["attaches a kept tree at a path of the root", "move_mount(2)", "5.2"],
  remount: ["changes the attributes of a path by mounting it onto itself", "mount_setattr(2)", "5.12"],
  mask: ["hides a path behind an empty directory or /dev/null", "move_mount(2)", "5.2"],
  make: ["makes a directory or a file that has to be there", "openat2(2)", "5.6"],
  symlink: ["makes a symbolic link", "symlink(2)", ""],
  joinedRoot: ["takes the root of the joined container for every path that follows", "openat2(2)", "5.6"],
  terminal: [
    "opens a pseudo-terminal of the container's own, which is checked to be that, and hands its other end to the monitor",
    "pty(7)",
    "",
  ],
  pivot: ["swaps the roots and unmounts the old one", "pivot_root(2)", ""],
  copyUp: ["fills a new volume with what the image has there", "openat2(2)", "5.6"],
  pause: ["waits at a stop for the caller's word (`run --step`, `--break`); any process may", "signalfd(2)", "2.6.22"],
  rlimit: ["sets a resource limit", "setrlimit(2)", ""],
  streams: ["puts stdin, stdout and stderr in place and begins a session", "setsid(2)", ""],
  keyring: ["begins a session keyring of its own", "keyctl(2)", ""],
  noNewPrivileges: ["keeps programs from gaining privileges", "prctl(2)", "3.5"],
  bounding: ["limits what any later program can gain", "capabilities(7)", ""],
  identity: ["becomes the user, with exactly its groups", "setresuid(2)", ""],
  capabilities: ["sets what it may do", "capabilities(7)", "4.3"],
  seccomp: ["loads the filter of system calls", "seccomp(2)", "3.17"],
  directory: ["enters the working directory", "chdir(2)", ""],
  execute: ["executes the payload, or starts brig's init first", "execve(2)", ""],
};

export function stepsPage() {
  const tables = Object.entries(phases).map(([phase, title]) => {
    const rows = namesOf(phase).map((name) => {
      const known = operations[name];
      if (known === undefined) throw new Error(`scripts/references/stepsPage.mjs does not know the operation ${name}`);
      const [what, page, since] = known;
      return `| \`${name}\` | ${what} | ${page} | ${since} |\n`;
    });
    return `\n## ${title}\n\n| operation | what it does | manual | since |\n|---|---|---|---|\n${rows.join("")}`;
  });
  const all = new Set(Object.keys(phases).flatMap(namesOf));
  const gone = Object.keys(operations).filter((name) => !all.has(name));
  if (gone.length > 0)
    throw new Error(`scripts/references/stepsPage.mjs has operations that are gone: ${gone.join(", ")}`);
  return intro + tables.join("");
}

/** The operations of a phase, in the order of the helper's file. */
function namesOf(phase) {
  const text = readFileSync(join(projectRoot, `native/operations_${phase}.c`), "utf8");
  return [...text.matchAll(/^OPERATION\("(\w+)", \w+\)$/gm)].map(([, name]) => name);
}
