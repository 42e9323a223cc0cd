import assert from "node:assert/strict";
import test from "node:test";
import { parseConfiguration } from "../../../src/config/index.ts";
import { withConfiguredDefaults } from "../../../src/engine/configured.ts";
import { registryAccess } from "../../../src/engine/registryAccess.ts";

const configuration = parseConfiguration({
  platform: "linux/arm64",
  log: { driver: "local", options: { "max-size": "1m", "max-file": "2" } },
  security: { seccomp: "/p.json", profile: "docker", no_new_privileges: true, userns: "auto" },
  init: "auto",
  registries: { "docker.io": { mirrors: ["m.example.com"] }, "b.example.com": { blocked: true, insecure: true } },
});

test("the configuration fills in what the options of a container leave open", () => {
  assert.deepEqual(withConfiguredDefaults({ image: "a" }, configuration), {
    image: "a",
    platform: { os: "linux", architecture: "arm64" },
    init: "auto",
    userns: "auto",
    logDriver: "local",
    logOptions: new Map([
      ["max-size", "1m"],
      ["max-file", "2"],
    ]),
    securityOpt: ["profile=docker", "seccomp=/p.json", "no-new-privileges=true"],
  });
});

test("what the options say wins, and a driver's options stay with that driver", () => {
  const options = withConfiguredDefaults(
    {
      image: "a",
      init: false,
      userns: "host",
      logOptions: new Map([["max-size", "9m"]]),
      securityOpt: ["seccomp=unconfined"],
    },
    configuration,
  );
  assert.equal(options.init, false);
  assert.equal(options.userns, "host");
  assert.deepEqual(options.logOptions, new Map([["max-size", "9m"], ["max-file", "2"]])); // biome-ignore format: pairs
  assert.equal(options.securityOpt?.at(-1), "seccomp=unconfined");
  const journald = withConfiguredDefaults({ image: "a", logDriver: "journald" }, configuration);
  assert.deepEqual([journald.logDriver, journald.logOptions], ["journald", undefined]);
});

test("a privileged container keeps its privileges", () => {
  const options = withConfiguredDefaults({ image: "a", privileged: true }, configuration);
  assert.deepEqual(options.securityOpt, ["no-new-privileges=true"]);
  assert.equal(options.userns, undefined);
});

test("without a configuration nothing changes", () => {
  const options = { image: "a" };
  assert.equal(withConfiguredDefaults(options, undefined), options);
});

test("registryAccess() joins settings and configuration", async () => {
  const settings = { configuration, insecureRegistries: ["c.example.com"] };
  const options = await registryAccess({ settings, root: "/r", runRoot: "/s", helperPath: "/h", language: "en" });
  assert.deepEqual(options.insecureRegistries, ["c.example.com", "b.example.com"]);
  assert.deepEqual(options.blockedRegistries, ["b.example.com"]);
  assert.deepEqual(options.mirrors?.get("docker.io"), ["m.example.com"]);
});
