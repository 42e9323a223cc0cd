import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeLayout } from "./makeLayout.ts";
import { runTool } from "./programs.ts";

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * An OCI layout whose `latest` is a Debian 12 with nginx, set up as images of nginx are: logs go to the container's
 * output, it stays in the foreground, SIGQUIT ends it in order. Making it takes about a minute.
 */
export function nginxLayout(): Promise<string> {
  return makeLayout("debian-nginx", [
    {
      tag: "latest",
      layers: [makeNginxRoot],
      config: [
        ...["--config.env", path, "--config.exposedports", "80/tcp", "--config.stopsignal", "SIGQUIT"],
        ...["--config.cmd", "nginx", "--config.cmd", "-g", "--config.cmd", "daemon off;"],
      ],
    },
  ]);
}

/**
 * An OCI layout whose `latest` is a Debian 12 with PostgreSQL, set up as images of PostgreSQL are: an entry point makes
 * the cluster on first use and gives up root, the data is a volume, SIGINT ends it in order. Making it takes about two
 * minutes.
 */
export function postgresLayout(): Promise<string> {
  const data = "/var/lib/postgresql/data";
  const config = [
    ...["--config.env", `${path}:/usr/lib/postgresql/15/bin`, "--config.env", `PGDATA=${data}`],
    ...["--config.volume", data, "--config.exposedports", "5432/tcp", "--config.stopsignal", "SIGINT"],
    ...["--config.entrypoint", "entrypoint", "--config.cmd", "postgres"],
  ];
  return makeLayout("debian-postgres", [{ tag: "latest", layers: [makePostgresRoot, fillEntrypoint], config }]);
}

async function makeNginxRoot(directory: string): Promise<string> {
  const logs = ["access", "error"].map(
    (name) => `--customize-hook=ln -sf /dev/${name === "access" ? "stdout" : "stderr"} "$1/var/log/nginx/${name}.log"`,
  );
  return makeDebian(`${directory}.tar`, ["--include=nginx-light", ...logs]);
}

/** Without the compiler of queries (LLVM), which is a quarter of the image and which PostgreSQL can do without. */
async function makePostgresRoot(directory: string): Promise<string> {
  const without = ["/usr/lib/*/libLLVM*", "/usr/lib/postgresql/*/lib/bitcode/*", "/usr/lib/postgresql/*/lib/llvmjit*"];
  return makeDebian(`${directory}.tar`, [
    "--include=postgresql",
    ...without.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    "--customize-hook=rm -rf $1/var/lib/postgresql/15",
  ]);
}

async function makeDebian(archive: string, options: readonly string[]): Promise<string> {
  const without = ["doc", "man", "locale", "info"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  await runTool("mmdebstrap", ["--quiet", "--variant=minbase", ...without, ...options, "bookworm", archive]);
  return archive;
}

function fillEntrypoint(directory: string): undefined {
  mkdirSync(join(directory, "usr/local/bin"), { recursive: true });
  const file = join(directory, "usr/local/bin/entrypoint");
  writeFileSync(
    file,
    `#!/bin/sh
set -e
if [ "$1" = postgres ] && [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" && chown postgres:postgres "$PGDATA" && chmod 0700 "$PGDATA"
  install -d -o postgres -g postgres -m 2775 /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then initdb --auth=trust --no-sync >/dev/null; fi
exec "$@"
`,
  );
  chmodSync(file, 0o755);
  return undefined;
}
