import assert from "node:assert/strict";
import { test } from "node:test";
import { isInService, monitorGroup } from "../../../../src/container/lifecycle/monitorGroup.ts";

test("isInService() tells groups that systemd empties from those of sessions", () => {
  const groups = ["/system.slice/cron.service", "/user.slice/user-0.slice/user@0.service/app.slice/a.scope"];
  for (const group of groups) assert.equal(isInService(`1:name=x:/\n0::${group}\n`), true, group);
  for (const group of ["/", "/user.slice/user-0.slice/session-1.scope", "/a.service.d"]) {
    assert.equal(isInService(`0::${group}\n`), false, group);
  }
  assert.equal(isInService("1:name=systemd:/system.slice/cron.service\n"), false);
});

test("monitorGroup() leaves the monitor where it is when no unit of systemd's holds the container", () => {
  assert.deepEqual(monitorGroup({}), {});
  assert.deepEqual(monitorGroup({ cgroup: { directory: "/g/brig/c", parents: [], writes: [] } }), {});
});
