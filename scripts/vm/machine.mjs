// Boots a throw-away machine with nothing but cgroup v2, runs one command in it and hands back its exit status.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runQuiet, StepFailure } from "../steps/command.mjs";
import { engines } from "./engines.mjs";
import { ensureTool, unpackPackages } from "./packages.mjs";

const init = join(dirname(fileURLToPath(import.meta.url)), "init.sh");

function cacheDirectory() {
  return process.env.BRIG_VM_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "brig-vm");
}

const commonTools = [
  ["/bin/busybox", "busybox-static"],
  ["/sbin/mkfs.ext4", "e2fsprogs"],
];

/** Makes the engine's files, once. Two callers at the same time do the work twice and keep the first result. */
function prepareEngine(name) {
  const { files, tools, prepare } = engines[name];
  for (const [file, packageName] of [...commonTools, ...tools]) ensureTool(file, packageName);
  return prepared(files ?? name, prepare);
}

/** What lies over this system's files in the machine, or ''. */
function prepareOver({ over }) {
  if (over === undefined) return "";
  const { suite, packages } = over;
  return prepared(`over-${suite}`, (directory) => unpackPackages({ suite, packages, directory }));
}

function prepared(name, prepare) {
  const directory = join(cacheDirectory(), name);
  if (existsSync(directory)) return directory;
  process.stderr.write(`test machine: fetching the packages of "${name}" (once, kept in ${directory})\n`);
  mkdirSync(cacheDirectory(), { recursive: true });
  const fresh = mkdtempSync(`${directory}.`);
  try {
    prepare(fresh, directory);
    if (!existsSync(directory)) renameSync(fresh, directory);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return directory;
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Writes what init.sh reads; returns the path of the disk image, if there is one. */
function furnish({ machine, engine, directory, disk, keptDisk, writable, command, cwd, env }) {
  const { out, err, disk: diskDevice } = engine.terminals;
  const settings = {
    MODULES: engine.modules(directory),
    OUT: out,
    ERR: err,
    DISK: disk === undefined ? "" : diskDevice,
    WRITABLE: join(machine, "writable"),
    FIRST: engine.first ?? "",
    OVER: prepareOver(engine),
  };
  const exported = Object.entries({ ...env, TMPDIR: "/mnt", BRIG_VM_DISK: settings.DISK }).filter(([key]) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(key),
  );
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${quote(value)}\n`);
  writeFileSync(join(machine, "settings"), lines.join(""));
  writeFileSync(
    settings.WRITABLE,
    [machine, ...writable.map((path) => realpathSync(path))].map((p) => `${p}\n`).join(""),
  );
  writeFileSync(
    join(machine, "command"),
    [
      ...exported.map(([key, value]) => `export ${key}=${quote(value)}`),
      `unset VM MODULES OUT ERR DISK WRITABLE FIRST OVER`,
      `cd ${quote(cwd)} || exit 125`,
      `exec ${command.map(quote).join(" ")}\n`,
    ].join("\n"),
  );
  if (disk === undefined) return undefined;
  const image = keptDisk ?? join(machine, "disk");
  if (existsSync(image)) return image;
  writeFileSync(image, "");
  truncateSync(image, bytes(disk));
  runQuiet("mkfs.ext4", ["-q", image]);
  return image;
}

function bytes(size) {
  const match = /^(\d{1,9})([KMG])$/.exec(size);
  if (match === null) throw new StepFailure(`invalid size "${size}": write a number with K, M or G, such as 512M`);
  return Number(match[1]) * 1024 ** ("KMG".indexOf(match[2]) + 1);
}

/** Starts a program that is killed when this process ends, however that comes about. */
function spawnBound(argv, options) {
  return spawn("/usr/bin/setpriv", ["--pdeathsig", "KILL", ...argv], { cwd: "/", ...options });
}

async function startSidecar(sidecar) {
  if (sidecar === undefined) return undefined;
  const child = spawnBound(sidecar.argv, { stdio: "ignore" });
  for (let waited = 0; !existsSync(sidecar.ready); waited += 20) {
    if (waited > 10_000 || child.exitCode !== null) throw new StepFailure(`"${sidecar.argv[0]}" did not start`);
    await delay(20);
  }
  return child;
}

/** Machines carry the process that owns them in their name; those of processes that were killed are taken away here. */
function makeMachineDirectory() {
  for (const name of readdirSync(cacheDirectory())) {
    const owner = /^machine-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) {
      rmSync(join(cacheDirectory(), name), { recursive: true, force: true });
    }
  }
  return mkdtempSync(join(cacheDirectory(), `machine-${process.pid}-`));
}

/**
 * Runs `command` as root in a machine with this machine's file tree. Writes are lost, except below `writable`
 * directories and on the ext4 disk of size `disk` at /disk, which lives as long as the machine, or is the caller's file
 * `keptDisk`, made when it is not there: that is what the next boot of a machine finds again. Resolves with the exit status
 * of the command, 124 when `timeoutSeconds` passed. Throws StepFailure when the machine itself failed.
 */
export async function runInMachine(request) {
  const { engine: name, stderr } = request;
  const engine = engines[name];
  if (engine === undefined) throw new StepFailure(`no engine "${name}": there are ${Object.keys(engines).join(", ")}`);
  const directory = prepareEngine(name);
  const machine = makeMachineDirectory();
  try {
    const disk = furnish({ ...request, machine, engine, directory });
    for (let left = boots - 1; ; left--) {
      const outcome = await boot({ ...request, machine, engine, directory, disk });
      if (outcome !== undefined) return outcome;
      if (left === 0 || existsSync(join(machine, "began")))
        throw new StepFailure(`the machine failed:\n${lastWords(machine)}`);
      stderr.write(`test machine: the kernel of "${name}" ended before its first process, and is started again\n`);
    }
  } finally {
    rmSync(machine, { recursive: true, force: true });
  }
}

/**
 * A kernel rewrites its own code while it starts, and one that QEMU emulates with several threads meets the old code there
 * now and then (an int3 that nobody expects). Nothing of ours has run by then, so it may try again.
 */
const boots = 3;

/** The exit status of the command, 124 after the time, undefined for a machine that ended by itself. */
async function boot({ machine, engine, directory, memory, cpus, disk, timeoutSeconds, stdout, stderr }) {
  const sidecar = await startSidecar(engine.sidecar?.(machine));
  try {
    const argv = engine.arguments({ directory, machine, memory, cpus, init, disk }).flat();
    // In a pid namespace of its own, so that no process of the machine outlives it. The shell is its process 1.
    const jail = ["--pid", "--fork", "--kill-child", "/bin/sh", "-c", '"$@"; exit', "machine", ...argv];
    const log = join(machine, "log");
    const child = spawnBound(["/bin/sh", "-c", 'exec "$@" >"$0" 2>&1', log, "/usr/bin/unshare", ...jail], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    child.stdio[3].pipe(stdout, { end: false });
    child.stdio[4].pipe(stderr, { end: false });
    const outcome = await waitFor(child, timeoutSeconds);
    if (existsSync(join(machine, "status"))) return Number(readFileSync(join(machine, "status"), "utf8"));
    return outcome === "timeout" ? 124 : undefined;
  } finally {
    sidecar?.kill("SIGKILL");
    rmSync(join(machine, "tree"), { force: true }); // the sidecar's socket
  }
}

async function waitFor(child, timeoutSeconds) {
  let outcome = "ended";
  const timer = setTimeout(() => {
    outcome = "timeout";
    child.kill("SIGKILL"); // unshare --kill-child takes the rest with it
  }, timeoutSeconds * 1000);
  await once(child, "close");
  clearTimeout(timer);
  return outcome;
}

function lastWords(machine) {
  return ["log", "console"].map((name) => lastLines(join(machine, name))).join("");
}

function lastLines(file) {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(-20).join("\n") : "";
}
