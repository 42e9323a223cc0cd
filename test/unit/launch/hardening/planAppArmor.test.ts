import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { appArmorProfile } from "../../../../src/launch/hardening/appArmorProfile.ts";
import { planAppArmor, planAppArmorLoad } from "../../../../src/launch/hardening/planAppArmor.ts";

const parser = "/usr/sbin/apparmor_parser";
const none = { apparmor: false, selinux: false };
const offered = { apparmor: true, selinux: false, appArmor: { loaded: ["other"], parser, knowsAbi: true } };
const withoutParser = { apparmor: true, selinux: false, appArmor: { loaded: [], knowsAbi: false } };

const plan = (modules: typeof none, asked?: string, privileged = false) =>
  planAppArmor({ ...(asked === undefined ? {} : { asked }), privileged, modules });

describe("planAppArmor()", () => {
  it("confines by brig's own profile where it can be loaded, and says nothing elsewhere", () => {
    assert.equal(plan(offered), "brig-default");
    assert.equal(plan(none), undefined);
    assert.equal(plan(withoutParser), undefined);
  });

  it("leaves privileged containers alone, unless a profile was asked for", () => {
    assert.equal(plan(offered, undefined, true), "unconfined");
    assert.equal(plan(offered, "other", true), "other");
    assert.equal(plan(none, undefined, true), undefined);
  });

  it("takes unconfined everywhere, and a name where the kernel has it", () => {
    assert.equal(plan(offered, "unconfined"), "unconfined");
    assert.equal(plan(none, "unconfined"), undefined);
    assert.equal(plan(offered, "other"), "other");
    assert.equal(plan(offered, "brig-default"), "brig-default");
  });

  it("refuses a profile that the host cannot apply, with the reason", () => {
    for (const [modules, name, reason] of [
      [none, "brig-default", /AppArmor is not at work in this kernel$/],
      [offered, "missing", /"missing": it is not loaded$/],
      [{ apparmor: true, selinux: false }, "other", /list of profiles cannot be read$/],
    ] as const) {
      assert.throws(() => plan(modules, name), { code: "notOffered", message: reason });
    }
  });
});

describe("planAppArmorLoad()", () => {
  const text = appArmorProfile(true);
  const loaded = { ...offered, appArmor: { ...offered.appArmor, loaded: ["brig-default"] } };
  const profile = "brig-default";

  it("loads the profile when it is missing or was another one, and otherwise not", () => {
    assert.deepEqual(planAppArmorLoad(offered, { profile, known: text }), { parser, text });
    assert.deepEqual(planAppArmorLoad(loaded, { profile, known: undefined }), { parser, text });
    assert.deepEqual(planAppArmorLoad(loaded, { profile, known: appArmorProfile(false) }), { parser, text });
    assert.equal(planAppArmorLoad(loaded, { profile, known: text }), undefined);
  });

  it("loads nobody else's profile", () => {
    assert.equal(planAppArmorLoad(offered, { profile: "other", known: undefined }), undefined);
    assert.equal(planAppArmorLoad(offered, { profile: undefined, known: undefined }), undefined);
  });
});

describe("appArmorProfile()", () => {
  /** What the globs of apparmor.d(5) match, as far as the profile uses them. */
  const matches = (glob: string, path: string): boolean => {
    const pattern = glob
      .replaceAll(/[.+()|]/g, "\\$&")
      .replaceAll("{,/**}", "(?:|/.+)")
      .replaceAll(/\{([^}]+)\}/g, (_, words: string) => `(?:${words.replaceAll(",", "|")})`)
      .replaceAll(/\*\*|\*/g, (star) => (star === "**" ? ".*" : "[^/]*"));
    return new RegExp(`^${pattern}$`).test(path);
  };
  const denied = [...appArmorProfile(true).matchAll(/^ {2}deny (\/\S+) (\w+),$/gm)].map(
    ([, glob = "", access = ""]) => ({
      glob,
      access,
    }),
  );
  const denies = (path: string, access: string) =>
    denied.some((rule) => rule.access.includes(access) && matches(rule.glob, path));

  it("lets nobody write to the kernel's files, but each to its own and to its own groups", () => {
    for (const path of [
      "/proc/sysrq-trigger",
      "/proc/irq/1/smp_affinity",
      "/proc/scsi/scsi",
      "/proc/sys/vm/drop_caches",
      "/proc/sys/kernel/core_pattern",
      "/proc/sys/kernel/sysrq",
      "/proc/sys/fs/binfmt_misc/register",
      "/sys/kernel/uevent_helper",
      "/sys/firmware/efi/vars/x",
      "/sys/fs/selinux/load",
      "/sys/fs/cgrouq/x",
      "/sys/block/sda/queue/x",
    ]) {
      assert.ok(denies(path, "w"), path);
    }
    for (const path of [
      "/proc/1/attr/current",
      "/proc/77/oom_score_adj",
      "/proc/sys/kernel/shmmax",
      "/sys/fs/cgroup/a/cgroup.procs",
      "/etc/passwd",
      "/process/x",
    ]) {
      assert.ok(!denies(path, "w"), path);
    }
  });

  it("lets nobody read memory, firmware, power meters and policies", () => {
    for (const path of ["/proc/kcore", "/sys/firmware/acpi/x", "/sys/devices/virtual/powercap/x/energy_uj"]) {
      assert.ok(denies(path, "r"), path);
    }
    assert.ok(!denies("/proc/meminfo", "r"));
    assert.ok(!denies("/sys/class/net/lo/mtu", "r"));
  });
});
