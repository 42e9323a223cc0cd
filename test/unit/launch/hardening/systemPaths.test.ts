import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { processorsWithThermalThrottle, systemPaths } from "../../../../src/launch/hardening.ts";

describe("systemPaths()", () => {
  it("hides what leaks the host and its neighbours (V17), each processor's throttling included", () => {
    const { masked, readonly } = systemPaths({ privileged: false, unconfined: false, processors: [0, 3] });
    const leaks = [
      "/proc/acpi",
      "/proc/asound",
      "/proc/interrupts",
      "/proc/kcore",
      "/proc/keys",
      "/proc/latency_stats",
    ];
    const more = ["/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/firmware"];
    const sys = ["/sys/devices/virtual/powercap", "/sys/fs/selinux"];
    const heat = [0, 3].map((number) => `/sys/devices/system/cpu/cpu${number}/thermal_throttle`);
    assert.deepEqual([...masked].sort(), [...leaks, ...more, ...sys, ...heat].sort());
    assert.deepEqual(readonly, ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]);
  });

  it("hides nothing from privileged containers and with systempaths=unconfined", () => {
    const nothing = { masked: [], readonly: [] };
    assert.deepEqual(systemPaths({ privileged: true, unconfined: false, processors: [0] }), nothing);
    assert.deepEqual(systemPaths({ privileged: false, unconfined: true, processors: [0] }), nothing);
  });
});

describe("processorsWithThermalThrottle()", () => {
  it("finds the processors that have it, in order", () => {
    const sysfs = mkdtempSync(join(tmpdir(), "brig-sysfs-"));
    try {
      const cpu = join(sysfs, "devices/system/cpu");
      for (const name of ["cpu10/thermal_throttle", "cpu2/thermal_throttle", "cpu3", "cpuidle/thermal_throttle"]) {
        mkdirSync(join(cpu, name), { recursive: true });
      }
      writeFileSync(join(cpu, "online"), "0-10\n");
      assert.deepEqual(processorsWithThermalThrottle(sysfs), [2, 10]);
      assert.deepEqual(processorsWithThermalThrottle(join(sysfs, "none")), []);
    } finally {
      rmSync(sysfs, { recursive: true });
    }
  });
});
