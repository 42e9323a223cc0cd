// @regression V04 CVE-2025-31133
// @wrong What hides a file of /proc was the container's own /dev/null, which an image or a volume had made a link to another
//   file of /proc.
// @rule R5
// @defence The device that hides is a descriptor of the host's node, verified to be the character device 1:3; /dev is a fresh
//   tmpfs whatever the image has there.
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import type { HandEntry } from "../support/handTar.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";

let root: TestRoot;

before(() => {
  root = createRoot();
});
after(() => disposeRoot(root));

const dev: HandEntry = { name: "dev/", type: "5", mode: 0o755 };
const canary: HandEntry = { name: "canary", content: "canary\n" };

const nulls: Readonly<Record<string, HandEntry>> = {
  "a link to a file": { name: "dev/null", type: "2", link: "/canary" },
  "a link into /proc": { name: "dev/null", type: "2", link: "/proc/sys/kernel/domainname" },
  "a file": { name: "dev/null", content: "not empty\n" },
  "a fifo": { name: "dev/null", type: "6" },
  "another device": { name: "dev/null", type: "3", major: 1, minor: 5 },
  "a directory": { name: "dev/null/", type: "5", mode: 0o755 },
};

/** The type and number of what lies at two masked files and at /dev/null, what they hold, and the canary. */
const look = `
stat -c '%F %t:%T' /proc/keys /proc/timer_list /dev/null
wc -c < /proc/keys
echo lost > /dev/null; cat /dev/null /canary
grep -c ' /proc/keys ' /proc/mounts`;

const masked = `${"character special file 1:3\n".repeat(3)}0\ncanary\n1\n`;

test("V04: whatever an image has at /dev/null, the masks are the real null device", async () => {
  await Promise.all(
    Object.entries(nulls).map(async ([what, node], index) => {
      const name = `null-${index}`;
      await importHostile(root, { name, entries: [dev, canary, node] });
      const ran = await runBrig([...quietRun, name, "sh", "-c", look], { root });
      assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, masked, ""], what);
    }),
  );
});

test("V04: a volume over /dev, or led there by a link of the image, brings no null device", async () => {
  const volume = join(root.directory, "false");
  writeFileSync(volume, "false\n");
  await importHostile(root, { name: "led", entries: [canary, { name: "led", type: "2", link: "/dev/null" }] });
  for (const target of ["/dev", "/dev/null/x"]) {
    const refused = await runBrig([...quietRun, "-v", `${root.home}:${target}`, "led", "true"], { root });
    assert.equal(refused.code, 125, refused.stderr);
  }
  const shown = join(root.directory, "shown");
  mkdirSync(shown);
  symlinkSync("/canary", join(shown, "null"));
  await importHostile(root, { name: "covered", entries: [canary, { name: "led", type: "2", link: "/dev" }] });
  const look = ["sh", "-c", "stat -c '%F %t:%T' /proc/keys; wc -c < /proc/keys; cat /canary"];
  const covered = await runBrig([...quietRun, "-i", "-v", `${shown}:/led`, "covered", ...look], { root });
  // As with Docker, the container has spoilt its own /dev, and nothing that protects the host.
  assert.deepEqual([covered.code, covered.stdout], [0, "character special file 1:3\n0\ncanary\n"], covered.stderr);
  const over = await runBrig([...quietRun, "-v", `${volume}:/led`, "led", "wc", "-c", "/proc/keys"], { root });
  if (over.code === 0) assert.equal(over.stdout, "0 /proc/keys\n");
  else assert.equal(over.code, 125, over.stderr);
});
