import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { debianRedisLayout } from "../../support/fixtures.ts";
import { reboot } from "../../support/forgedBoot.ts";
import { runTool } from "../../support/programs.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { askRedis, eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await debianRedisLayout()));
});

after(() => disposeRoot(root));

const server = ["redis-server", "--protected-mode", "no", "--appendonly", "yes", "--dir", "/tmp"];

async function start(...flags: readonly string[]): Promise<string> {
  const fixed = ["--ulimit", "nofile=1024:1024", "--restart", "always"];
  return (await brigOk(["run", "-d", ...fixed, ...flags, image, ...server], { root })).stdout.trim();
}

/** A reboot leaves neither interfaces nor rules. */
async function forgetNetworks(): Promise<void> {
  const links: unknown = JSON.parse(await runTool("ip", ["-j", "link", "show", "type", "bridge"]));
  assert.ok(Array.isArray(links) && links.length === 2, JSON.stringify(links));
  for (const { ifname } of links) await runTool("ip", ["link", "delete", ifname]);
  await runTool("nft", ["delete", "table", "inet", "brig"]);
}

test("networks, addresses, names, published ports and volumes are back after a reboot", async (t) => {
  await brigOk(["network", "create", "tier"], { root });
  const database = await start("--name", "db", "-p", "127.0.0.1:6391:6379", "-v", "kept:/tmp");
  const pair = [await start("--name", "one", "--network", "tier"), await start("--name", "two", "--network", "tier")];
  const published = { host: "127.0.0.1", port: 6391 };
  assert.equal(await eventually(() => askRedis(published, "SET color blue")), "+OK\r\n");
  const addresses = ["inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "db", "one", "two"];
  const before = (await brigOk(addresses, { root })).stdout;

  const brig = await reboot(root, [database, ...pair]);
  t.after(() => brig("rm", "-f", "db", "one", "two"));
  await forgetNetworks();
  assert.deepEqual(await brig("system", "boot"), { code: 0, stdout: "db\none\ntwo\n", stderr: "" });
  const color = await eventually(
    () => askRedis(published, "GET color"),
    (answer) => !answer.startsWith("-LOADING"),
  );
  assert.equal(color, "$4\r\nblue\r\n");
  assert.equal((await brig(...addresses)).stdout, before);
  const asked = await eventually(
    () => brig("exec", "one", "redis-cli", "-h", "two", "PING"),
    ({ code }) => code === 0,
  );
  assert.equal(asked.stdout, "PONG\n");
  const checked = await brig("system", "check");
  assert.equal(checked.code, 0, checked.stdout);
});
