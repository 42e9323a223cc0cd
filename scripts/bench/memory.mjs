// Private memory of the processes that stay with containers (proc_pid_smaps_rollup(5)).
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** The bytes of all processes that belong to a container, of those that are there once, and how many the first are. */
export function privateMemory({ each, once, ofThem }) {
  const processes = candidates(ofThem);
  const sum = (pids) => pids.reduce((total, pid) => total + privateBytes(pid), 0);
  const own = named(processes, each);
  return { each: sum(own), once: sum(named(processes, once)), found: own.length };
}

const named = (pids, names) => pids.filter((pid) => names.includes(readIfThere(`/proc/${pid}/comm`).trim()));

/** The kernel cuts names after 15 characters: containerd-shim is just as long. */
function candidates({ namespace, words, monitorsBelow }) {
  if (monitorsBelow !== undefined) {
    const files = readdirSync(monitorsBelow).map((id) => join(monitorsBelow, id, "monitor.json"));
    return files.map((path) => JSON.parse(readFileSync(path, "utf8")).pid);
  }
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  if (words !== undefined) return all.filter((pid) => readIfThere(`/proc/${pid}/cmdline`).includes(words));
  return all.filter((pid) => mountNamespace(pid) === mountNamespace(namespace));
}

function mountNamespace(pid) {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return pid; // it has ended
  }
}

function privateBytes(pid) {
  const text = readIfThere(`/proc/${pid}/smaps_rollup`);
  return [...text.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)].reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended
  }
}
