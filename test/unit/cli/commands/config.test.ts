import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { testDirectory } from "../../../support/projectPaths.ts";
import { brig } from "../fakeContext.ts";

/** A home with a configuration, and the environment of somebody who lives there. */
function homeWith(t: TestContext, text: string) {
  const home = mkdtempSync(join(testDirectory(), "home-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, ".config", "brig"), { recursive: true });
  const path = join(home, ".config", "brig", "config.yaml");
  writeFileSync(path, text);
  return { home, path, env: { HOME: home, BRIG_RUN_ROOT: join(home, "run") } };
}

const engine = { images: async () => [] };

test("the user's configuration reaches the engine, and flags stay beside it", async (t) => {
  const { env } = homeWith(t, "root: /a\npull: { concurrency: 2 }\n");
  const ran = await brig(["--root", "/b", "images"], { env, engine });
  assert.equal(ran.status, 0, ran.err);
  assert.equal(ran.settings?.root, "/b");
  assert.deepEqual(ran.settings?.configuration?.pull, { concurrency: 2 });
});

test("XDG_CONFIG_HOME moves it, --config replaces it, and an empty name is none", async (t) => {
  const { env, home } = homeWith(t, "root: /a\n");
  mkdirSync(join(home, "xdg", "brig"), { recursive: true });
  writeFileSync(join(home, "xdg", "brig", "config.yaml"), "root: /x\n");
  const moved = { ...env, XDG_CONFIG_HOME: join(home, "xdg") };
  assert.equal((await brig(["images"], { env: moved, engine })).settings?.configuration?.root, "/x");
  const relative = { ...env, XDG_CONFIG_HOME: "xdg" };
  assert.equal((await brig(["images"], { env: relative, engine })).settings?.configuration?.root, "/a");
  writeFileSync(join(home, "named.yaml"), "root: /n\n");
  const named = await brig(["--config", join(home, "named.yaml"), "images"], { env, engine });
  assert.equal(named.settings?.configuration?.root, "/n");
  assert.equal((await brig(["--config=", "images"], { env, engine })).settings?.configuration, undefined);
  assert.equal(
    (await brig(["images"], { env: { ...env, BRIG_CONFIG: "" }, engine })).settings?.configuration,
    undefined,
  );
});

test("DOCKER_DEFAULT_PLATFORM wins over the configuration", async (t) => {
  const { env } = homeWith(t, "platform: linux/amd64\n");
  const ran = await brig(["images"], { env: { ...env, DOCKER_DEFAULT_PLATFORM: "linux/arm64" }, engine });
  assert.deepEqual(ran.settings?.configuration?.platform, { os: "linux", architecture: "arm64" });
});

test("a configuration that cannot be used fails every command but those about it", async (t) => {
  const { env, path } = homeWith(t, "\nrot: /a\n");
  const failed = await brig(["images"], { env, engine });
  assert.equal(failed.status, 1);
  assert.equal(
    failed.err,
    `brig: cannot use the configuration: ${path}:2: unknown setting "rot"\n` +
      'hint: did you mean "root"?; "brig config check" names everything\n',
  );
  const checked = await brig(["config", "check"], { env });
  assert.equal(checked.status, 1);
  assert.equal(checked.out, `${path}:2:1: unknown setting "rot" (did you mean "root"?)\n`);
  assert.equal((await brig(["config", "show"], { env })).status, 1);
});

test("config check says that nothing is wrong, or that there is nothing", async (t) => {
  const { env, path, home } = homeWith(t, "init: auto\n");
  assert.equal((await brig(["config", "check"], { env })).out, `${path}: ok\n`);
  const { out, status } = await brig(["config", "check"], { env: { XDG_CONFIG_HOME: join(home, "none") } });
  assert.equal(status, 0);
  assert.equal(out, `no configuration: /etc/brig/config.yaml, ${home}/none/brig/config.yaml\n`);
});

test("config show --origin says of each setting where it was made", async (t) => {
  const text = "registries:\n  docker.io:\n    mirrors: [mirror.example.com]\nroot: /a\ninit: auto\n";
  const { env, path } = homeWith(t, text);
  const argv = ["--root", "/b", "--insecure-registry", "x.example.com", "config", "show"];
  const lines = (await brig([...argv, "--origin"], { env })).out.split("\n");
  assert.ok(lines.includes("root: /b # --root"));
  assert.ok(lines.includes(`run_root: ${env.BRIG_RUN_ROOT} # BRIG_RUN_ROOT`));
  assert.ok(lines.includes(`init: auto # ${path}:5`));
  assert.ok(lines.includes(`    mirrors: [mirror.example.com] # ${path}:3`));
  assert.ok(lines.includes("    insecure: true # --insecure-registry"));
  assert.ok(lines.includes("  concurrency: 3 # default"));
  assert.ok(!(await brig(argv, { env })).out.includes("#"));
});

test("what config show prints is a configuration", async (t) => {
  const text = "trust:\n  images:\n    docker.io/library: { require: [/k.pub] }\nlog: { options: { max-file: 3 } }\n";
  const { env, home } = homeWith(t, "root: /a\n");
  const shown = (await brig(["config", "show"], { env })).out;
  writeFileSync(join(home, "shown.yaml"), `${shown}`);
  assert.equal((await brig(["--config", join(home, "shown.yaml"), "config", "show"], { env })).out, shown);
  writeFileSync(join(home, "other.yaml"), text);
  const missing = await brig(["--config", join(home, "other.yaml"), "config", "show"], { env });
  assert.match(missing.err, /other\.yaml:3: cannot read the public key "\/k\.pub"/);
});
