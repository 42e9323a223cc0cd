import assert from "node:assert/strict";
import test from "node:test";
import { fillDefaults } from "../../../../src/container/fillDefaults.ts";
import { bareChoice } from "../../../../src/container/options/networkChoices.ts";
import type { RunOptions } from "../../../../src/container/runOptions.ts";
import { buildEtcFiles } from "../../../../src/container/spec/etcFiles.ts";
import { checkMountTarget, orderMounts, type ResolvedMount } from "../../../../src/container/spec/userMounts.ts";

const host = {
  hosts: "127.0.0.1 localhost thishost",
  hostname: "thishost",
  resolvConf:
    "# stub\nnameserver 127.0.0.53\nnameserver 9.9.9.9\nnameserver bogus\nsearch lan example\noptions edns0\n",
};

const build = (options: Partial<RunOptions>) => buildEtcFiles(fillDefaults({ image: "x", ...options }), "box", host);

test("buildEtcFiles() leaves out the host's loopback resolvers, except in the host's network", () => {
  assert.equal(build({}).resolvConf, "nameserver 9.9.9.9\nsearch lan example\noptions edns0\n");
  assert.match(
    build({ networks: [bareChoice("host")] }).resolvConf,
    /^nameserver 127\.0\.0\.53\nnameserver 9\.9\.9\.9\n/,
  );
  const own = build({ dns: ["1.1.1.1"], dnsSearch: ["."], dnsOptions: ["ndots:2"] });
  assert.equal(own.resolvConf, "nameserver 1.1.1.1\noptions ndots:2\n");
});

test("buildEtcFiles() takes no word of the host's resolver configuration that could end a line", () => {
  const resolvConf = "search lan a\u0085nameserver\u00856.6.6.6 b\noptions edns0\rnameserver ndots:1\n";
  const made = buildEtcFiles(fillDefaults({ image: "x" }), "box", { ...host, resolvConf });
  assert.equal(made.resolvConf, "search lan b\noptions ndots:1\n");
});

test("buildEtcFiles() names the container and the extra hosts", () => {
  const { hosts, hostname } = build({ domainname: "lan", addHosts: [{ name: "db", address: "10.0.0.1" }] });
  assert.ok(hosts.startsWith("127.0.0.1\tlocalhost\n::1\tlocalhost "));
  assert.ok(hosts.endsWith("127.0.1.1\tbox.lan box\n10.0.0.1\tdb\n"));
  assert.equal(hostname, "box\n");
});

test("buildEtcFiles() resolves host-gateway only where there is one", () => {
  const addHosts = [{ name: "outside", address: "host-gateway" }];
  assert.equal(build({ addHosts, networks: [bareChoice("none")] }).notices.length, 1);
  assert.deepEqual(build({ addHosts }).notices, [], "its network has one, and the file is written when it starts");
  const shared = build({ addHosts, networks: [bareChoice("host")] });
  assert.equal(shared.hosts, "127.0.0.1 localhost thishost\n127.0.0.1\toutside\n");
  assert.deepEqual(shared.notices, []);
});

test("checkMountTarget() keeps mounts off the kernel's file systems", () => {
  const bind = (source: string, target: string): ResolvedMount => ({
    kind: "bind",
    source,
    target,
    readOnly: false,
    recursive: true,
    propagation: "rprivate",
  });
  for (const target of ["/proc", "/proc/self", "/proc/sys/kernel", "/sys", "/sys/fs/cgroup", "/dev"]) {
    assert.throws(() => checkMountTarget(bind("/x", target)), { code: "invalidValue" }, target);
    assert.throws(() => checkMountTarget({ kind: "tmpfs", target }), { code: "invalidValue" }, target);
  }
  for (const target of ["/proc/meminfo", "/dev/shm", "/process", "/system"]) checkMountTarget(bind("/x", target));
  checkMountTarget(bind("/sys", "/sys"));
});

test("orderMounts() replaces default mounts and puts the outer ones first", () => {
  const mount = (destination: string, source = "default") => ({ destination, source, type: "tmpfs", options: [] });
  const ordered = orderMounts(
    [mount("/proc"), mount("/dev"), mount("/dev/shm")],
    [mount("/a/b", "user"), mount("/dev/shm", "user"), mount("/a", "user")],
  );
  assert.deepEqual(
    ordered.map(({ destination, source }) => `${destination} ${source}`),
    ["/proc default", "/dev default", "/a user", "/a/b user", "/dev/shm user"],
  );
});
