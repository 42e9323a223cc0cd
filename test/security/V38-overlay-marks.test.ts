// @regression V38 attributes and marks of overlayfs in layers
// @wrong A layer set attributes or devices by which overlayfs redirects, hides or forges what other layers have.
// @rule R9
// @defence Attributes of overlayfs are dropped, and a layer with a device 0:0 of its own is refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, type TestRoot } from "../support/brig.ts";
import type { HandEntry } from "../support/handTar.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";

let root: TestRoot;

const marks = [
  "redirect",
  "opaque",
  "metacopy",
  "whiteout",
  "origin",
  "impure",
  "nlink",
  "upper",
  "uuid",
  "protattr",
  "xwhiteouts",
];
const attributes = ["trusted", "user"].flatMap((space) => marks.map((mark) => `${space}.overlay.${mark}`));
const values: Readonly<Record<string, string>> = { redirect: "/etc", opaque: "y" };

const entries: readonly HandEntry[] = attributes.flatMap((attribute, index) => {
  const value = values[attribute.split(".").at(-1) ?? ""] ?? "y";
  const pax = { [`SCHILY.xattr.${attribute}`]: value };
  return [
    { name: `d${index}/`, type: "5", mode: 0o755, pax },
    { name: `d${index}/file`, content: "inside\n", pax },
  ];
});

before(async () => {
  root = createRoot();
  await importHostile(root, { name: "marks", entries: entries });
});
after(() => disposeRoot(root));

test("V38: what a layer says to overlayfs changes nothing of what is seen", async () => {
  const script =
    "for d in /d[0-9]*; do ls -A $d; cat $d/file; done; echo changed > /d0/file; cat /d0/file; ls /etc/passwd";
  const { stdout } = await brigOk([...quietRun, "--userns=host", "marks", "sh", "-c", script], { root });
  assert.equal(stdout, `${"file\ninside\n".repeat(attributes.length)}changed\n/etc/passwd\n`);
});

test("V38: a layer with a device that overlayfs takes for a deletion is refused", async () => {
  const device: HandEntry = { name: "gone", type: "3", major: 0, minor: 0 };
  await assert.rejects(importHostile(root, { name: "gone", entries: [device] }), /device 0:0/);
});
