// node_modules as package-lock.json wants it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runVisible } from "./command.mjs";
import { projectRoot } from "./project.mjs";

/** Runs `npm ci` unless what is installed is what the lock file names (npm keeps its own copy of the lock inside). */
export function ensureNodeModules() {
  if (installedAsLocked()) return;
  process.stdout.write("installing node modules\n");
  runVisible("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: projectRoot,
    remedy: "npm ci (it needs a registry that npm can reach; `npm config get registry` tells which)",
  });
}

function installedAsLocked() {
  const hidden = join(projectRoot, "node_modules/.package-lock.json");
  if (!existsSync(hidden)) return false;
  const wanted = readPackages(join(projectRoot, "package-lock.json"));
  const installed = readPackages(hidden);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || !fitsThisMachine(entry)) return true;
    return installed[path]?.version === entry.version && installed[path]?.integrity === entry.integrity;
  });
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages;
}

function fitsThisMachine({ os = [process.platform], cpu = [process.arch], libc, optional = false }) {
  const fits = os.includes(process.platform) && cpu.includes(process.arch);
  return fits && !(optional && libc !== undefined && !libc.includes("glibc"));
}
