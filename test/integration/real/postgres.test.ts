import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { postgresLayout } from "../../support/serviceImages.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await postgresLayout()));
});

after(() => disposeRoot(root));

const dataIn = (volume: string) => ["-v", `${volume}:/var/lib/postgresql/data`];
const start = (name: string, flags: readonly string[]) => startRunning(root, { name, image, flags, command: [] });

/** One statement by the database's own user, in the container. */
async function sql(name: string, statement: string): Promise<string> {
  const psql = ["psql", "-v", "ON_ERROR_STOP=1", "-qAtc", statement];
  return (await brigOk(["exec", "-u", "postgres", name, ...psql], { root })).stdout;
}

/** Waits for the server that follows the cluster's creation or recovery. */
const ready = (name: string) => eventually(() => sql(name, "select 1"));

async function inspect(name: string, template: string): Promise<string> {
  return (await brigOk(["inspect", "-f", template, name], { root })).stdout.trim();
}

test("postgres makes its cluster in an anonymous volume, answers psql through exec, and rm -v takes the volume away", async () => {
  await start("pg-anonymous", []);
  try {
    await ready("pg-anonymous");
    await sql("pg-anonymous", "create table seen(what text); insert into seen values ('brig')");
    assert.equal(await sql("pg-anonymous", "select what from seen"), "brig\n");
    const refused = await runBrig(["exec", "-u", "postgres", "pg-anonymous", "psql", "-c", "select nothing"], { root });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /column "nothing" does not exist/);
    assert.equal(readdirSync(join(root.root, "volumes")).length, 1);
    await brigOk(["rm", "-f", "-v", "pg-anonymous"], { root });
    assert.deepEqual(readdirSync(join(root.root, "volumes")), []);
  } finally {
    await removeRunning(root, "pg-anonymous");
  }
});

test("stop sends SIGINT: postgres shuts its database down, exits with 0, and starts without recovery", async () => {
  await start("pg-stop", dataIn("pg-stop"));
  try {
    await ready("pg-stop");
    await brigOk(["stop", "-t", "60", "pg-stop"], { root });
    assert.equal(await inspect("pg-stop", "{{.State.Status}} {{.State.ExitCode}}"), "exited 0");
    const { stderr } = await brigOk(["logs", "pg-stop"], { root });
    assert.match(stderr, /received fast shutdown request[\s\S]*database system is shut down\n$/);
    await brigOk(["start", "pg-stop"], { root });
    await ready("pg-stop");
    const again = (await brigOk(["logs", "pg-stop"], { root })).stderr.slice(stderr.length);
    assert.match(again, /database system is ready/);
    assert.doesNotMatch(again, /recovery/);
  } finally {
    await removeRunning(root, "pg-stop");
    await brigOk(["volume", "rm", "-f", "pg-stop"], { root });
  }
});

test("with --restart postgres comes back after kill -9 of its process, and what was committed is there", async () => {
  await start("pg-killed", ["--restart", "always", ...dataIn("pg-killed")]);
  try {
    await ready("pg-killed");
    await sql("pg-killed", "create table kept(n int); insert into kept select generate_series(1, 1000)");
    const pid = Number(await inspect("pg-killed", "{{.State.Pid}}"));
    process.kill(pid, "SIGKILL");
    await eventually(
      () => inspect("pg-killed", "{{.State.Pid}} {{.RestartCount}}"),
      (now) => now !== `${pid} 0` && now.endsWith(" 1") && !now.startsWith("0 "),
    );
    assert.equal(await eventually(() => sql("pg-killed", "select count(*) from kept")), "1000\n");
    assert.match((await brigOk(["logs", "pg-killed"], { root })).stderr, /was not properly shut down/);
    await brigOk(["stop", "-t", "60", "pg-killed"], { root });
    assert.equal(await inspect("pg-killed", "{{.State.Status}} {{.State.ExitCode}}"), "exited 0");
  } finally {
    await removeRunning(root, "pg-killed");
    await brigOk(["volume", "rm", "-f", "pg-killed"], { root });
  }
});

test("stop, rm and run with the same volume is an upgrade: the data is there, with the owner and mode it had", async () => {
  const data = join(root.root, "volumes/pg-upgrade/_data");
  await start("pg-upgrade", dataIn("pg-upgrade"));
  try {
    await ready("pg-upgrade");
    await sql("pg-upgrade", "create table old(n int); insert into old values (42)");
    const { stdout: ids } = await brigOk(["exec", "pg-upgrade", "sh", "-c", "id -u postgres; id -g postgres"], {
      root,
    });
    const ownerAndMode = () => {
      const { uid, gid, mode } = statSync(data);
      return [uid, gid, mode & 0o7777];
    };
    // The container has a user namespace of its own; on disk are the ids that it sees (idmapped mounts).
    const expected = [...ids.trim().split("\n").map(Number), 0o700];
    assert.deepEqual(ownerAndMode(), expected);
    await brigOk(["stop", "-t", "60", "pg-upgrade"], { root });
    await brigOk(["rm", "pg-upgrade"], { root });
    await start("pg-upgrade", dataIn("pg-upgrade"));
    await ready("pg-upgrade");
    assert.equal(await sql("pg-upgrade", "select n from old"), "42\n");
    assert.deepEqual(ownerAndMode(), expected);
    const listed = await brigOk(["exec", "pg-upgrade", "stat", "-c", "%U:%G %a", "/var/lib/postgresql/data"], { root });
    assert.equal(listed.stdout, "postgres:postgres 700\n");
  } finally {
    await removeRunning(root, "pg-upgrade");
    await brigOk(["volume", "rm", "-f", "pg-upgrade"], { root });
  }
});
