import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createEngine, parseConfiguration } from "../../../src/index.ts";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { handArchive } from "../../support/handTar.ts";
import { until } from "../../support/logServers.ts";
import { helperPath } from "../../support/projectPaths.ts";

let root: TestRoot;
let file: string;

before(async () => {
  root = createRoot();
  const archive = handArchive([
    { name: "bin/", type: "5", mode: 0o755 },
    { name: "bin/sh", content: readFileSync("/bin/busybox"), mode: 0o755 },
  ]);
  await brigOk(["import", "-", "small"], { root, stdin: archive });
  file = join(root.home, ".config", "brig", "config.yaml");
  mkdirSync(join(file, ".."), { recursive: true });
});
after(() => disposeRoot(root));

interface Inspected {
  readonly HostConfig: {
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
    readonly SecurityOpt: readonly string[] | null;
    readonly UsernsMode: string;
    readonly Init: boolean | null;
  };
}

async function created(flags: readonly string[]): Promise<Inspected["HostConfig"]> {
  const { stdout } = await brigOk(["create", "--network", "none", ...flags, "small", "/bin/sh"], { root });
  const inspected = await brigOk(["inspect", stdout.trim()], { root });
  await brigOk(["rm", stdout.trim()], { root });
  const [details] = JSON.parse(inspected.stdout) as Inspected[];
  assert.ok(details !== undefined);
  return details.HostConfig;
}

test("a container gets what the configuration says, and what its own flags say wins", async () => {
  writeFileSync(
    file,
    "log: { driver: local, options: { max-size: 1m } }\nsecurity: { no_new_privileges: true, userns: host }\n",
  );
  const usual = await created([]);
  assert.deepEqual(usual.LogConfig, { Type: "local", Config: { "max-size": "1m" } });
  assert.deepEqual(usual.SecurityOpt, ["no-new-privileges=true"]);
  assert.equal(usual.UsernsMode, "host");
  const own = await created(["--log-driver", "json-file", "--security-opt", "no-new-privileges=false"]);
  assert.deepEqual(own.LogConfig, { Type: "json-file", Config: {} });
  assert.equal(own.SecurityOpt?.at(-1), "no-new-privileges=false");
  const none = await runBrig(["--config=", "plan", "run", "--oci", "small", "/bin/sh"], { root });
  assert.equal((JSON.parse(none.stdout) as { process: { noNewPrivileges: boolean } }).process.noNewPrivileges, false);
});

test("what YAML made of the file is kept beside the run root's other files, for root alone", async () => {
  writeFileSync(file, "init: auto\n");
  await brigOk(["images"], { root });
  assert.equal(statSync(join(root.runRoot, "config.json")).mode & 0o777, 0o600);
  assert.ok(readFileSync(join(root.runRoot, "config.json"), "utf8").includes("auto"));
});

test("monitors put containers away without any configuration, so that a mistake in one stops none", async () => {
  writeFileSync(file, "");
  const run = ["run", "-d", "--rm", "--network", "none", "small", "/bin/sh", "-c", "sleep 100"];
  const id = (await brigOk(run, { root })).stdout.trim();
  const directory = join(root.root, "containers", id);
  const kept = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = kept.map(({ name }) => readFileSync(join(directory, name), "latin1"));
  assert.ok(texts.some((text) => /--config=[^-]*--root/.test(text)));
  writeFileSync(file, "nonsense: 1\n");
  assert.equal((await runBrig(["kill", id], { root })).code, 1);
  await brigOk(["--config=", "kill", id], { root });
  await until(() => !existsSync(directory));
});

test("the library takes the same settings as an object", async () => {
  const security = { no_new_privileges: true };
  const configuration = parseConfiguration({ root: root.root, run_root: root.runRoot, security });
  const options = { image: "small", command: ["/bin/sh"] };
  const engine = createEngine({ configuration, helperPath });
  assert.equal((await engine.images()).length, 1);
  assert.equal((await engine.plan(options)).bundleSpec.process.noNewPrivileges, true);
  const places = { root: root.root, runRoot: root.runRoot };
  assert.equal((await createEngine({ ...places, helperPath }).plan(options)).bundleSpec.process.noNewPrivileges, false);
});
