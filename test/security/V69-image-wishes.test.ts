// @regression V69 CVE-2014-6408, CVE-2023-6476
// @wrong Security options, limits or hooks were taken from an image's configuration or annotations.
// @rule R9
// @defence Of a configuration only the documented members are read; whatever else it holds is kept as data and asks for nothing.
// @regression V11 CVE-2015-3630, CVE-2015-3631
// @wrong Volumes of an image were mounted over /proc or the root, and what a container put in the place of generated files was
//   followed at its next start.
// @rule R2
// @defence An image's volumes are checked like a stranger's; generated files are mounts whose places are opened without leaving
//   the container's root.
// @regression V68 CVE-2020-14370, CVE-2021-3602
// @wrong Variables of the host, or of another container, were found in a container's environment.
// @rule R8
// @defence An environment is built from nothing; the helper and the monitor have an empty one.
// @regression V88 NODE_OPTIONS, LD_PRELOAD and their like
// @wrong The environment of a command that root calls steers what the command starts.
// @rule R8
// @defence The launcher clears what steers Node, and every child is given a small environment of its own.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { handArchive } from "../support/handTar.ts";
import { busyboxEntries, importHostile, quietRun } from "../support/hostileImage.ts";
import { configOf, sha256 } from "../support/imageArchive.ts";
import { monitorOf } from "../support/monitors.ts";
import { removeRunning } from "../support/runningContainer.ts";
import { digestTree } from "../support/treeDigest.ts";

let root: TestRoot;

before(() => {
  root = createRoot();
});
after(() => disposeRoot(root));

/** What an image may not ask for, wherever a careless reader could look for it. */
const wishes = {
  Privileged: true,
  SecurityOpt: ["seccomp=unconfined", "systempaths=unconfined"],
  CapAdd: ["ALL"],
  Capabilities: ["CAP_SYS_ADMIN"],
  UsernsMode: "host",
  PidMode: "host",
  NetworkMode: "host",
  IpcMode: "host",
  Binds: ["/:/host"],
  Mounts: [{ Type: "bind", Source: "/", Target: "/host" }],
  Devices: [{ PathOnHost: "/dev/kmsg", PathInContainer: "/dev/kmsg", CgroupPermissions: "rwm" }],
  DeviceCgroupRules: ["a *:* rwm"],
  OomScoreAdj: -1000,
  Sysctls: { "net.ipv4.ip_forward": "1" },
  Hooks: { prestart: [{ path: "/bin/false" }] },
  hooks: { prestart: [{ path: "/bin/false" }] },
};
const notes = {
  "org.brig.privileged": "true",
  "brig.security": "unconfined",
  "io.podman.annotations.privileged": "TRUE",
  "io.podman.annotations.seccomp": "unconfined",
  "run.oci.keep_original_groups": "1",
  "cdi.k8s.io/all": "vendor.com/device=all",
  "io.kubernetes.cri-o.userns-mode": "host",
  "org.systemd.property.ExecStopPost": "'/bin/false'",
};

const state = `
grep -E '^(Cap|Seccomp|NoNewPrivs)' /proc/self/status
cat /proc/self/uid_map | tr -s ' ' | cut -d ' ' -f 2,4
awk '{ print $5, $6 }' /proc/self/mountinfo
ls /dev /host 2>/dev/null
cat /proc/self/oom_score_adj /proc/sys/net/ipv4/ip_forward; ls /sys/class/net; env; echo $$`;

test("V69: nothing that an image wishes for is granted", async () => {
  const layer = handArchive(busyboxEntries);
  const load = async (name: string, members: object, own: object) => {
    const config = configOf([layer], { ...members, config: { Env: ["PATH=/bin"], ...own } });
    const manifest = [{ Config: `${sha256(config)}.json`, RepoTags: [`${name}:1`], Layers: ["layer.tar"] }];
    const files = [
      { name: `${sha256(config)}.json`, content: config },
      { name: "layer.tar", content: layer },
      { name: "manifest.json", content: JSON.stringify(manifest) },
    ];
    await brigOk(["load"], { root, stdin: handArchive(files) });
    return (await brigOk([...quietRun, "-h", "same", `${name}:1`, "sh", "-c", state], { root })).stdout;
  };
  const everywhere = { ...wishes, HostConfig: wishes, host_config: wishes, annotations: notes, Annotations: notes };
  const modest = await load("modest", {}, {});
  assert.match(modest, /^Seccomp:\t2$/m);
  assert.equal(
    await load("greedy", { ...everywhere, container_config: everywhere }, { ...everywhere, Labels: notes }),
    modest,
  );
});

test("V11: an image's volumes go nowhere but below its own root", async () => {
  const volumes = ["/", "/proc", "/sys/fs", "/dev", "/../escaped", "", "relative", "/a/../../b", "/fine"];
  await importHostile(root, { name: "volumes", changes: [`VOLUME ${JSON.stringify(volumes)}`] });
  const list = "awk '{ print $5 }' /proc/self/mountinfo";
  const ran = await runBrig([...quietRun, "volumes", "sh", "-c", list], { root });
  const plain = (await brigOk([...quietRun, "-v", "/fine", "modest:1", "sh", "-c", list], { root })).stdout.split("\n");
  assert.equal(ran.code, 0, ran.stderr); // what may not be is left out, and said
  for (const target of ran.stdout.split("\n")) {
    assert.ok(plain.includes(target) || /^\/(fine|escaped|relative|b)$/.test(target), `${target}: ${ran.stderr}`);
  }
});

test("V11: a container that puts links in the place of generated files starts again without touching the host", async () => {
  const canary = join(root.directory, "canary");
  mkdirSync(canary);
  const names = ["hosts", "hostname", "resolv.conf"];
  for (const name of names.slice(0, 2)) writeFileSync(join(canary, name), "the host's\n"); // the third would be made
  const links = names.map((name) => `ln -s ${canary}/${name} /new/${name}`).join("; ");
  const swap = `[ -e /new ] || { mkdir /new; ${links}; mv /etc /old; ln -s /new /etc; }; echo started`;
  await brigOk(["create", "--name", "again", "--network", "none", "modest:1", "sh", "-c", swap], { root });
  const found = digestTree(canary);
  for (let start = 0; start < 3; start += 1) {
    const { code, stdout, stderr } = await runBrig(["start", "-a", "again"], { root });
    assert.ok((code === 0 && stdout === "started\n") || /^brig: /.test(stderr), `${code} ${stdout}${stderr}`);
  }
  assert.deepEqual(digestTree(canary), found);
  await removeRunning(root, "again");
});

test("V68, V88: no variable of the caller reaches a container, a command in it, or what stays with it", async () => {
  const trap = join(root.directory, "trap.cjs");
  const marker = join(root.directory, "marker");
  writeFileSync(trap, `require("fs").writeFileSync(${JSON.stringify(marker)}, "ran")`);
  const env = {
    SECRET_MARKER: "of-the-caller",
    NODE_OPTIONS: `--require ${trap}`,
    NODE_PATH: root.directory,
    LD_DEBUG: "libs",
    BASH_ENV: trap,
    ENV: trap,
  };
  const settings = { root, env };
  const args = ["run", "-d", "--name", "live", "--network", "none", "--ulimit", "nofile=1024:1024"];
  const id = (await brigOk([...args, "modest:1", "sleep", "100000"], settings)).stdout.trim();
  try {
    const inside = (await brigOk(["exec", "live", "env"], settings)).stdout;
    assert.match(inside, /^PATH=\/bin$/m);
    const monitor = monitorOf(root, id);
    const pid = (await brigOk(["inspect", "-f", "{{.State.Pid}}", "live"], settings)).stdout.trim();
    const first = readFileSync(`/proc/${pid}/environ`, "utf8");
    const stays = readFileSync(`/proc/${monitor}/environ`, "utf8");
    for (const seen of [inside, first, stays]) {
      assert.doesNotMatch(seen, /SECRET_MARKER|NODE_|LD_DEBUG|BASH_ENV|trap/);
    }
    assert.equal(stays, "");
    assert.ok(!readdirSync(root.directory).includes("marker"), "code of the caller's environment ran");
  } finally {
    await removeRunning(root, "live");
  }
});
