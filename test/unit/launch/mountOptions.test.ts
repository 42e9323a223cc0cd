import assert from "node:assert/strict";
import { test } from "node:test";
import { isBind, sortMountOptions } from "../../../src/launch/mountOptions.ts";

const mount = (...options: readonly string[]) => ({ destination: "/d", type: "tmpfs", source: "tmpfs", options });

test("sortMountOptions() parts attributes, propagation and options of the file system", () => {
  assert.deepEqual(sortMountOptions(mount("nosuid", "size=64m", "rslave", "ro", "mode=1777")), {
    attributes: ["MOUNT_ATTR_NOSUID", "MOUNT_ATTR_RDONLY"],
    propagation: "MS_SLAVE",
    recursive: false,
    fileSystem: ["size=64m", "mode=1777"],
  });
});

test("sortMountOptions() lets a later option undo an earlier one", () => {
  assert.deepEqual(sortMountOptions(mount("ro", "nosuid", "rw", "suid")).attributes, []);
  assert.deepEqual(sortMountOptions(mount("rw", "ro")).attributes, ["MOUNT_ATTR_RDONLY"]);
});

test("sortMountOptions() is not misled by the names of object members", () => {
  assert.deepEqual(sortMountOptions(mount("constructor", "__proto__")).fileSystem, ["constructor", "__proto__"]);
});

test("isBind() goes by type or option", () => {
  assert.ok(isBind({ ...mount("rbind"), type: "none" }));
  assert.ok(isBind({ ...mount(), type: "bind" }));
  assert.ok(!isBind(mount("ro")));
});
