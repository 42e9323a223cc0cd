// Debian packages for the test machine: installed on this system where they are ordinary tools, otherwise only unpacked
// below a cache directory, so that the kernels of other releases never touch the system.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runQuiet, StepFailure } from "../steps/command.mjs";

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Installs the Debian package that brings `file`, unless the file is there already. Needs root only when it acts. */
export function ensureTool(file, packageName) {
  if (existsSync(file)) return;
  process.stderr.write(`test machine: installing ${packageName} through apt\n`);
  const install = ["-qqy", "install", "--no-install-recommends", packageName];
  try {
    runQuiet("apt-get", install);
  } catch {
    runQuiet("apt-get", ["-qq", "update"]);
    runQuiet("apt-get", install);
  }
  if (!existsSync(file)) {
    throw new StepFailure(
      `"${file}" is missing although ${packageName} is installed; run "apt-get install ${packageName}"`,
    );
  }
}

/** The mirror that this system itself uses for Debian, so that a local mirror or proxy keeps serving. */
function debianMirror() {
  const format = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"];
  return runQuiet("apt-get", format).split("\n")[0] || "http://deb.debian.org/debian/";
}

/**
 * Unpacks packages of another Debian release below `directory`, verified by apt but not installed. A metapackage that
 * ends in "-amd64" stands for the kernel package it depends on.
 */
export function unpackPackages({ suite, packages, directory }) {
  const apt = join(directory, ".apt");
  for (const name of ["lists/partial", "archives/partial", "debs"]) mkdirSync(join(apt, name), { recursive: true });
  writeFileSync(join(apt, "sources.list"), `deb [signed-by=${keyring}] ${debianMirror()} ${suite} main\n`);
  const settings = {
    "Dir::Etc::SourceList": join(apt, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State::Lists": join(apt, "lists"),
    "Dir::State::Status": "/dev/null",
    "Dir::Cache": apt,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  const options = ["-qq", ...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`])];
  runQuiet("apt-get", [...options, "update"]);
  const real = packages.map((name) => (name.endsWith("-amd64") ? kernelBehind(name, options) : name));
  runQuiet("apt-get", [...options, "download", ...real], { cwd: join(apt, "debs") });
  for (const deb of readdirSync(join(apt, "debs"))) runQuiet("dpkg-deb", ["-x", join(apt, "debs", deb), directory]);
  rmSync(apt, { recursive: true, force: true });
}

function kernelBehind(metapackage, options) {
  const match = /^\s*Depends: (linux-image-\S+)$/m.exec(runQuiet("apt-cache", [...options, "depends", metapackage]));
  if (match === null) throw new StepFailure(`apt knows no kernel behind "${metapackage}"`);
  return match[1];
}
