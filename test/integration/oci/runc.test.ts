import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { createEngine } from "../../../src/createEngine.ts";
import { disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";
import { helperPath, testDirectory } from "../../support/projectPaths.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";
import { strangeLayout } from "../../support/strangeLayout.ts";

let root: TestRoot;
let image: string;
let bundle: string;

before(async () => {
  const layout = await strangeLayout();
  const pulled = await pulledRoot({ strange: { layout, tag: "latest" } });
  root = pulled.root;
  image = pulled.reference("strange");
  bundle = mkdtempSync(join(testDirectory(), "bundle-"));
  await runTool("umoci", ["raw", "unpack", "--image", `${layout}:latest`, join(bundle, "rootfs")]);
});

after(() => {
  disposeRoot(root);
  rmSync(bundle, { recursive: true, force: true });
});

const script =
  "id -u; pwd; hostname; cat /etc/hosts; cat /data/sub/seed; echo $FROM_IMAGE; grep Cap /proc/self/status; exit 5";

test("runc runs the bundle of a plan, and the process sees the same as under brig", async () => {
  const options = {
    image,
    command: ["sh", "-c", script],
    userns: "host",
    networks: [{ network: "none", aliases: [], links: [], gatewayPriority: 0 }],
    hostname: "box",
  } as const;
  const engine = createEngine({ root: root.root, runRoot: root.runRoot, helperPath });
  await (await engine.plan(options)).writeBundle(bundle);
  assert.deepEqual(readdirSync(bundle).sort(), ["config.json", "hostname", "hosts", "resolv.conf", "rootfs"]);
  const id = `brig-oracle-${process.pid}`;
  const runc = spawnSync("runc", ["--root", join(bundle, "..", id), "run", "--bundle", bundle, id], {
    encoding: "utf8",
  });
  rmSync(join(bundle, "..", id), { recursive: true, force: true });
  const args = ["run", "--rm", "--userns", "host", "--network", "none", "--hostname", "box", image, "sh", "-c", script];
  const brig = await runBrig(args, { root });
  assert.equal(runc.stdout, brig.stdout, runc.stderr);
  assert.deepEqual([runc.status, brig.code], [5, 5], runc.stderr);
});

test("the printed configuration is the bundle's", async () => {
  const flags = ["--userns", "host", "--network", "none", "--hostname", "box"];
  const printed = await runBrig(["plan", "run", "--oci", ...flags, image, "sh", "-c", script], { root });
  const [fromPlan, fromBundle] = [printed.stdout, readFileSync(join(bundle, "config.json"), "utf8")].map((text) => {
    const { linux, ...spec } = JSON.parse(text) as { linux: { cgroupsPath: string } }; // brig's own output
    return { ...spec, linux: { ...linux, cgroupsPath: "" } };
  });
  assert.deepEqual(fromPlan, fromBundle);
});
