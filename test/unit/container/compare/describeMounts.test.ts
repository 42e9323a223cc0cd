import assert from "node:assert/strict";
import { test } from "node:test";
import { describeMounts } from "../../../../src/container/compare/describeMounts.ts";
import { parseMounts } from "../../../../src/host/index.ts";

test("describeMounts() gives what a process sees at each mount point", () => {
  const text = [
    "36 35 98:0 / / rw,relatime shared:1 - ext4 /dev/root rw,errors=continue",
    "37 36 98:0 /mnt1 /with\\040blank ro,noatime shared:7 master:2 - ext4 /dev/a\\134b rw",
    "38 37 0:5 / /with\\040blank rw - tmpfs tmpfs rw",
    "39 37 0:5 / /x rw,nosuid - proc proc rw",
  ].join("\n");
  assert.deepEqual(
    [...describeMounts(parseMounts(text))],
    [
      ["/", "ext4 /dev/root rw,relatime shared"],
      ["/with blank", "tmpfs tmpfs rw"],
      ["/x", "proc proc rw,nosuid"],
    ],
  );
  const [, lower = ""] = text.split("\n");
  assert.deepEqual(
    [...describeMounts(parseMounts(lower))],
    [["/with blank", "ext4 /dev/a\\b /mnt1 ro,noatime shared master"]],
  );
});
