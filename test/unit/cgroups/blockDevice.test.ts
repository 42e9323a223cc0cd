import assert from "node:assert/strict";
import { test } from "node:test";
import { splitDeviceNumber } from "../../../src/cgroups/blockDevice.ts";

test("splitDeviceNumber() knows the layout of dev_t", () => {
  assert.deepEqual(splitDeviceNumber(0x0801n), { major: 8, minor: 1 });
  assert.deepEqual(splitDeviceNumber(0x101_0320n), { major: 259, minor: 4128 });
});
