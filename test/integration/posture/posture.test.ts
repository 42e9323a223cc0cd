import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ContainerPosture } from "../../../src/container/index.ts";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout } from "../../support/fixtures.ts";
import { makeLayout } from "../../support/makeLayout.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";
import { removeEvery } from "../../support/runningContainer.ts";

let root: TestRoot;
let image = "";
let bare = "";

before(async () => {
  const layout = await makeLayout("sleeper", [
    {
      tag: "latest",
      layers: [
        (directory) => {
          copyFileSync("/bin/busybox", join(directory, "sleep"));
          return undefined;
        },
      ],
      config: ["--config.entrypoint", "/sleep", "--config.cmd", "1000"],
    },
  ]);
  const images = { busybox: { layout: await busyboxLayout(), tag: "latest" }, sleeper: { layout, tag: "latest" } };
  const pulled = await pulledRoot(images);
  root = pulled.root;
  [image, bare] = [pulled.reference("busybox"), pulled.reference("sleeper")];
});

after(async () => {
  await removeEvery(root);
  disposeRoot(root);
});

async function start(name: string, flags: readonly string[], words: readonly string[] = [image, "sleep", "1000"]) {
  await brigOk(["run", "-d", "--name", name, "--network", "none", ...flags, ...words], { root });
}

/** The posture of a container, and how the command ended. */
async function look(name: string): Promise<ContainerPosture & { readonly code: number }> {
  const { code, stdout, stderr } = await runBrig(["doctor", "--posture", name, "--format", "json"], { root });
  assert.equal(stderr, "");
  return { ...(JSON.parse(stdout) as ContainerPosture), code };
}

const namesOf = ({ rows }: ContainerPosture, wanted: string): readonly string[] =>
  rows.filter(({ verdict }) => verdict === wanted).map(({ section, name }) => `${section}: ${name}`);

/** Rows of docs/POSTURE.md that need what not every host has. */
const hostMayLack = [
  ["hidden paths: /sys/fs/selinux", () => existsSync("/sys/fs/selinux")],
  ["settings: number of processes", () => /\bpids\b/.test(controllers())],
] as const;

function controllers(): string {
  const place = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].find((path) => existsSync(`${path}/cgroup.controllers`));
  return place === undefined ? "" : readFileSync(`${place}/cgroup.controllers`, "utf8");
}

/** What the page says that brig is stricter in, on this host. */
function promised(): readonly string[] {
  const lacking = hostMayLack.filter(([, isThere]) => !isThere()).map(([name]) => name as string);
  const rows = [...readFileSync("docs/POSTURE.md", "utf8").matchAll(/^\| ([a-z -]+: [^|]+) \|/gm)];
  return rows.map(([, name = ""]) => name.replaceAll("\\*", "*")).filter((name) => !lacking.includes(name));
}

describe("doctor --posture", () => {
  it("finds a container without flags nowhere looser than Docker's, and stricter where the page says so", async () => {
    await start("plain", ["--userns", "auto"]);
    const posture = await look("plain");
    assert.deepEqual([posture.code, posture.container, posture.looser], [0, "plain", 0]);
    assert.ok(posture.rows.length >= 130, `${posture.rows.length} facts`);
    assert.equal(posture.rows.length, posture.equal + posture.stricter);
    assert.deepEqual(namesOf(posture, "stricter"), promised());
    const shown = await runBrig(["doctor", "--posture", "plain"], { root });
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /^STRICTER THAN DOCKER {2,}DOCKER {2,}HERE {2,}WHY IT MATTERS$/m);
    assert.match(shown.stdout, /^namespaces: user {2,}the host's {2,}its own/m);
    assert.doesNotMatch(shown.stdout, /LOOSER|THE SAME/);
    const all = await brigOk(["doctor", "--all", "--posture", "plain"], { root });
    assert.match(all.stdout, /^THE SAME {2,}/m);
    assert.match(all.stdout, new RegExp(`^plain: ${posture.rows.length} facts, .* 0 looser$`, "m"));
  });

  it("looks at an image that holds no shell, and at a container that is paused", async () => {
    await start("bare", ["--userns", "auto"], [bare]);
    await brigOk(["pause", "bare"], { root });
    assert.deepEqual(namesOf(await look("bare"), "stricter"), promised());
    await brigOk(["unpause", "bare"], { root });
  });

  it("says the same as a process inside finds", async () => {
    await start("open", ["--userns", "auto", "--security-opt", "systempaths=unconfined", "--cap-add", "SYS_NICE"]);
    for (const name of ["plain", "open"]) {
      const { rows } = await look(name);
      const inside = async (script: string) => (await brigOk(["exec", name, "sh", "-c", script], { root })).stdout;
      const status = await inside("cat /proc/1/status");
      const bounding = BigInt(`0x${/^CapBnd:\s*(\w+)$/m.exec(status)?.[1]}`);
      const capabilities = rows.filter(({ section }) => section === "capabilities");
      const held = capabilities.filter(({ container }) => container.includes("bounding")).map(({ name: word }) => word);
      assert.equal(held.length, bounding.toString(2).replaceAll("0", "").length);
      assert.equal(held.includes("CAP_SYS_NICE"), name === "open");
      const mounted = (await inside("cat /proc/self/mountinfo")).split("\n").map((line) => line.split(" ")[4] ?? "");
      const paths = rows.filter(({ section, name: path }) => section === "hidden paths" && !path.includes("*"));
      for (const { name: path, container } of paths) {
        assert.equal(mounted.includes(path), container === "hidden", path);
        const found = await inside(`{ test -d ${path} && ls -A ${path} || head -c 1 ${path}; } 2>/dev/null; true`);
        if (container !== "shown") assert.equal(found, "", path);
      }
      const written = await inside("echo 77 > /proc/sys/kernel/shmmni && echo written; true");
      const row = rows.find(({ name: path }) => path === "/proc/sys");
      assert.equal(written === "written\n", row?.container === "writable");
    }
  });

  /** Flags of one container, and by which of them which facts become looser. */
  const weakenings: readonly (readonly [readonly string[], Readonly<Record<string, readonly string[]>>])[] = [
    [
      ["--privileged"],
      { "--privileged": ["capabilities: CAP_SYS_ADMIN", "system calls: the filter", "devices: using disks"] },
    ],
    [
      ["--cap-add", "NET_ADMIN", "--cap-add", "sys_admin"],
      {
        "--cap-add NET_ADMIN": ["capabilities: CAP_NET_ADMIN"],
        "--cap-add sys_admin": ["capabilities: CAP_SYS_ADMIN", "system calls: new namespaces by clone"],
      },
    ],
    [
      ["seccomp=unconfined", "systempaths=unconfined", "writable-cgroups"].flatMap((text) => ["--security-opt", text]),
      {
        "--security-opt seccomp=unconfined": ["system calls: keyrings", "system calls: io_uring"],
        "--security-opt systempaths=unconfined": ["hidden paths: /proc/keys", "read-only paths: /proc/sys"],
        "--security-opt writable-cgroups": ["mounts: /sys/fs/cgroup"],
      },
    ],
    [
      ["--pid", "host", "--uts", "host", "--cgroupns", "host"],
      {
        "--pid host": ["namespaces: pid"],
        "--uts host": ["namespaces: uts"],
        "--cgroupns host": ["namespaces: cgroup"],
      },
    ],
    [
      ["--device", "/dev/fuse", "--device-cgroup-rule", "b *:* r"],
      {
        "--device /dev/fuse": ["devices: further nodes in /dev", "devices: using FUSE"],
        '--device-cgroup-rule "b *:* r"': ["devices: using disks"],
      },
    ],
    [
      ["-v", "/usr:/host:ro", "-v", "/usr:/also:ro,rshared"],
      {
        "-v /usr:/host": ["mounts: directories and files of the host"],
        "-v /usr:/also": ["mounts: mounts that reach other namespaces"],
      },
    ],
  ];

  for (const [flags, expected] of weakenings) {
    it(`calls ${flags.join(" ")} looser, and by its name`, async () => {
      await start("weak", flags);
      const posture = await look("weak");
      assert.equal(posture.code, 1);
      const looser = posture.rows.filter(({ verdict }) => verdict === "looser");
      for (const [flag, names] of Object.entries(expected)) {
        for (const wanted of names) {
          const row = looser.find((one) => `${one.section}: ${one.name}` === wanted);
          assert.ok(row !== undefined, `${wanted} is not among ${namesOf(posture, "looser").join("; ")}`);
          assert.ok(row.flags.includes(flag), `${wanted}: ${row.flags.join(" ")}`);
        }
      }
      await brigOk(["rm", "-f", "weak"], { root });
    });
  }

  it("is no looser with what only takes away, or gives what Docker gives", async () => {
    await start("less", ["--security-opt", "profile=strict", "--read-only", "--user", "1000", "--cap-drop", "ALL"]);
    const less = await look("less");
    assert.equal(less.looser, 0);
    const stricter = namesOf(less, "stricter");
    for (const name of ["identity: programs that raise privileges", "capabilities: CAP_CHOWN", "mounts: /"])
      assert.ok(stricter.includes(name), name);
    await start("docker", ["--security-opt", "profile=docker", "--userns", "host"]);
    const docker = await look("docker");
    assert.equal(docker.looser, 0);
    assert.ok(!namesOf(docker, "stricter").some((name) => /^capabilities|^namespaces/.test(name)));
  });

  it("refuses a container that does not run, and --all alone", async () => {
    await brigOk(["create", "--name", "made", "--network", "none", image], { root });
    for (const name of ["made", "missing"]) {
      const refused = await runBrig(["doctor", "--posture", name], { root });
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /is not running|No such container/);
      assert.equal(refused.stdout, "");
    }
    assert.equal((await runBrig(["doctor", "--all"], { root })).code, 125);
  });
});
