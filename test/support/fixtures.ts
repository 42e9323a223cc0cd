import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeLayout } from "./makeLayout.ts";
import { runTool } from "./programs.ts";

const pathEnv = ["--config.env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

/**
 * An OCI layout with small images of busybox: `latest` (command `sh`), `user` (runs as `app`, uid 1000, in /home/app),
 * `entry` (entrypoint `echo hello`, command `world`) and `bare` (no command, no environment).
 */
export function busyboxLayout(): Promise<string> {
  const layers = [fillBusybox];
  return makeLayout("busybox", [
    { tag: "latest", layers, config: [...pathEnv, "--config.cmd", "sh"] },
    {
      tag: "user",
      layers,
      config: [...pathEnv, "--config.user", "app", "--config.workingdir", "/home/app", "--config.cmd", "sh"],
    },
    {
      tag: "entry",
      layers,
      config: [...pathEnv, "--config.entrypoint", "echo", "--config.entrypoint", "hello", "--config.cmd", "world"],
    },
    { tag: "bare", layers, config: ["--config.label", "kind=bare"] },
  ]);
}

/**
 * An OCI layout whose `latest` has three layers over each other: files are replaced, deleted (whiteout), a directory is
 * made opaque, a file becomes a directory, and there are hard links, symlinks, a setuid file and foreign owners.
 */
export function multiLayerLayout(): Promise<string> {
  return makeLayout("multi", [
    { tag: "latest", layers: [fillBusybox, fillMiddle, fillTop], config: [...pathEnv, "--config.cmd", "sh"] },
  ]);
}

/** An OCI layout whose `latest` is a Debian 12 (mmdebstrap, minbase) with redis-server. Making it takes a minute or two. */
export function debianRedisLayout(): Promise<string> {
  return makeLayout("debian-redis", [
    {
      tag: "latest",
      layers: [makeDebianArchive],
      config: [...pathEnv, "--config.cmd", "redis-server", "--config.exposedports", "6379/tcp"],
    },
  ]);
}

/** Copies an image of a layout into a registry on this machine that speaks plain HTTP: `127.0.0.1:5000/busybox:latest`. */
export async function pushLayout(
  layout: string,
  { tag, to }: { readonly tag: string; readonly to: string },
): Promise<void> {
  const source = `oci:${layout}:${tag}`;
  await runTool("skopeo", ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false", source, `docker://${to}`]);
}

/** busybox with a link for each of its applets, and the few files that programs expect of a root directory. */
function fillBusybox(directory: string): undefined {
  for (const name of ["bin", "etc", "root", "home/app", "tmp", "var", "usr/bin", "dev", "proc", "sys"]) {
    mkdirSync(join(directory, name), { recursive: true });
  }
  copyFileSync("/bin/busybox", join(directory, "bin/busybox"));
  chmodSync(join(directory, "bin/busybox"), 0o755);
  for (const applet of execFileSync("/bin/busybox", ["--list"], { encoding: "utf8" }).trim().split("\n")) {
    if (applet !== "busybox") symlinkSync("busybox", join(directory, "bin", applet));
  }
  writeFileSync(
    join(directory, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n",
  );
  writeFileSync(join(directory, "etc/group"), "root:x:0:\napp:x:1000:\nextra:x:1500:app\n");
  execFileSync("chown", ["1000:1000", join(directory, "home/app")]);
  chmodSync(join(directory, "tmp"), 0o1777);
  chmodSync(join(directory, "root"), 0o700);
  return undefined;
}

function fillMiddle(directory: string): undefined {
  mkdirSync(join(directory, "data/kept"), { recursive: true });
  mkdirSync(join(directory, "data/opaque"));
  for (const name of ["kept/one", "kept/two", "opaque/hidden", "replaced", "becomes-directory"]) {
    writeFileSync(join(directory, "data", name), `middle ${name}\n`);
  }
  linkSync(join(directory, "data/kept/one"), join(directory, "data/kept/one-link"));
  symlinkSync("kept/one", join(directory, "data/symlink"));
  symlinkSync("/data/kept/two", join(directory, "data/absolute-symlink"));
  writeFileSync(join(directory, "data/setuid"), "not really a program\n");
  execFileSync("chown", ["1000:1500", join(directory, "data/setuid")]);
  chmodSync(join(directory, "data/setuid"), 0o4755);
  utimesSync(join(directory, "data/kept/one"), 1_600_000_000, 1_600_000_000);
  return undefined;
}

/** Whiteouts as image-spec layer.md names them: `.wh.NAME` deletes, `.wh..wh..opq` hides what is below. */
function fillTop(directory: string): undefined {
  mkdirSync(join(directory, "data/kept"), { recursive: true });
  mkdirSync(join(directory, "data/opaque"));
  mkdirSync(join(directory, "data/becomes-directory"));
  writeFileSync(join(directory, "data/kept/.wh.two"), "");
  writeFileSync(join(directory, "data/opaque/.wh..wh..opq"), "");
  writeFileSync(join(directory, "data/opaque/visible"), "top\n");
  writeFileSync(join(directory, "data/becomes-directory/inside"), "top\n");
  writeFileSync(join(directory, "data/replaced"), "top\n");
  return undefined;
}

async function makeDebianArchive(directory: string): Promise<string> {
  const archive = `${directory}.tar`;
  const without = ["doc", "man", "locale", "info"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  const options = ["--quiet", "--variant=minbase", "--include=redis-server", ...without];
  await runTool("mmdebstrap", [...options, "bookworm", archive]);
  return archive;
}
