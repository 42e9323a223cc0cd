// @regression V07 CVE-2019-19921, CVE-2023-27561, CVE-2023-28642
// @wrong Where the image has a symbolic link for /proc or /sys, the kernel's file systems were mounted elsewhere, and what
//   protects parts of them protected nothing.
// @rule R2
// @defence The way to the mount point of a kernel file system, a mask or a read-only path is opened without symbolic links.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import type { HandEntry } from "../support/handTar.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";

let root: TestRoot;

before(() => {
  root = createRoot();
});
after(() => disposeRoot(root));

const places: Readonly<Record<string, readonly HandEntry[]>> = {
  "links to a directory": [{ name: "elsewhere/", type: "5", mode: 0o755 }, ...each({ type: "2", link: "/elsewhere" })],
  "links that lead upwards": each({ type: "2", link: "../../../tmp" }),
  "links to the root": each({ type: "2", link: "." }),
  files: each({ content: "a file" }),
};

function each(entry: Omit<HandEntry, "name">): readonly HandEntry[] {
  return ["proc", "dev", "sys"].map((name) => ({ name, ...entry }));
}

for (const [what, entries] of Object.entries(places)) {
  test(`V07: images whose /proc, /dev or /sys are ${what} are refused`, async () => {
    const names = ["proc", "dev", "sys"];
    await Promise.all(
      names.map(async (kept) => {
        const image = `${kept}-${Object.keys(places).indexOf(what)}`;
        await importHostile(root, {
          name: image,
          entries: entries.filter(({ name }) => name === kept || name.endsWith("/")),
        });
        const { code, stdout, stderr } = await runBrig([...quietRun, image, "echo", "started"], { root });
        assert.deepEqual([code, stdout], [125, ""], stderr);
        const where = `cannot start the container: .*"/${kept}".*${what === "files" ? "EINVAL" : "ELOOP"}`;
        assert.match(stderr, new RegExp(where));
      }),
    );
  });
}
