import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { mountOf, parseMounts, readMounts } from "../../../src/host/mountTable.ts";

describe("parseMounts()", () => {
  it("reads the fields of a line, whatever number of groups it has", () => {
    assert.deepEqual(
      parseMounts("37 36 98:0 /part /point ro,noatime shared:7 master:2 - ext4 /dev/sda rw,seclabel\n"),
      [
        {
          ...{ id: "37", point: "/point", part: "/part", type: "ext4", source: "/dev/sda", options: "ro,noatime" },
          ...{ superOptions: "rw,seclabel", propagation: ["shared", "master"], groups: ["shared:7", "master:2"] },
        },
      ],
    );
    assert.deepEqual(parseMounts("1 0 0:5 / /x rw - proc proc rw")[0]?.groups, []);
  });

  it("undoes the octal numbers of blanks, tabs, line ends and backslashes in names", () => {
    const [mount] = parseMounts("1 0 0:5 /a\\011b /with\\040blank\\012 rw - ext4 /dev/a\\134040 rw");
    assert.deepEqual([mount?.part, mount?.point, mount?.source], ["/a\tb", "/with blank\n", "/dev/a\\040"]);
    assert.equal(parseMounts("1 0 0:5 / /no\\89number rw - proc proc rw")[0]?.point, "/no\\89number");
  });

  it("leaves out what is no line of the table", () => {
    assert.deepEqual(parseMounts("1 0 0:5 / /x rw proc proc rw\n- - - - - -\na line\n\n"), []);
  });
});

describe("mountOf()", () => {
  const line = (id: number, point: string) => `${id} 0 8:1 / ${point} rw - ext4 /dev/sda rw`;
  const mounts = parseMounts([line(1, "/"), line(2, "/srv/a"), line(3, "/srv"), line(4, "/srv")].join("\n"));
  const idOf = (path: string) => mountOf(path, mounts)?.id;

  it("finds the lowest mount at or above a path, the topmost of several", () => {
    assert.deepEqual(["/", "/srvx", "/srv", "/srv/b", "/srv/a/b"].map(idOf), ["1", "1", "4", "4", "2"]);
  });

  it("finds none where nothing is mounted above", () => {
    assert.equal(mountOf("/x", parseMounts(line(1, "/y"))), undefined);
  });
});

describe("readMounts()", () => {
  it("reads the table of a process", () => {
    assert.equal(mountOf("/", readMounts("/proc/self"))?.point, "/");
  });

  it("refuses a table that somebody has made too long, and says when there is none", () => {
    const directory = mkdtempSync(join(tmpdir(), "mounts-"));
    try {
      assert.throws(() => readMounts(directory), { code: "fileSystem" });
      writeFileSync(join(directory, "mountinfo"), "");
      truncateSync(join(directory, "mountinfo"), 16 * 1024 * 1024 + 1);
      assert.throws(() => readMounts(directory), { code: "limitExceeded" });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
